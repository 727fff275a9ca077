package dev.strongroom.testkit.time;

import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One baton among all threads: only its holder runs, and at each await the seed decides who gets it next. Time is virtual and
 * moves only when everybody waits. The creating thread holds the baton first; it starts sessions and lets them run with
 * {@link #runSessions}. After a simulated power failure {@link #abandon} ends every other thread.
 */
public final class SimulatedScheduler implements Scheduler, Clock {
    private static final long START_MICROS = 1_790_000_000_000_000L;
    private static final int MAX_IDLE_JUMPS = 100_000;
    private static final long RETRY_NANOS = 1_000_000_000;
    private static final BooleanSupplier READY = () -> true;

    /** Used again and again: a life starts dozens. */
    private static final Executor THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("sim-", 1).factory());

    private final SeededRandomness random;
    private final List<Participant> participants = new ArrayList<>();
    /** Who could go on when the baton was last passed. */
    private final List<Participant> able = new ArrayList<>();

    private final ThreadLocal<@Nullable Participant> self = new ThreadLocal<>();
    private volatile Participant holder;
    private volatile long nanos;
    private volatile boolean abandoned;
    private @Nullable Throwable failure;
    private int idleJumps;
    private volatile Predicate<Throwable> tolerated = problem -> false;

    /** A thread that takes part. */
    private static final class Participant {
        private final String name;
        private BooleanSupplier condition = READY;
        private long deadline = Long.MAX_VALUE;
        private final boolean background;
        private volatile @Nullable Thread thread;

        Participant(String name, boolean background) {
            this.name = name;
            this.background = background;
        }

        void wake() {
            Thread sleeping = thread;
            if (sleeping != Thread.currentThread()) {
                LockSupport.unpark(sleeping);
            }
        }
    }

    public SimulatedScheduler(SeededRandomness random) {
        this.random = random;
        Participant main = new Participant("main", false);
        main.thread = Thread.currentThread();
        holder = main;
        participants.add(main);
        self.set(main);
        SeededTest.atEnd(this::abandon);
    }

    /** Which failures of a background step are no mistake: it is tried again after a second, as by the real scheduler. */
    public void tolerate(Predicate<Throwable> problems) {
        tolerated = problems;
    }

    /** Passes the baton; does nothing on a thread that takes no part. */
    public void pause() {
        if (self.get() != null) {
            await(this, READY, Long.MAX_VALUE);
        }
    }

    @Override
    public long epochMicros() {
        return START_MICROS + nanos / 1000;
    }

    @Override
    public long monotonicNanos() {
        return nanos;
    }

    @Override
    public boolean await(Object subject, BooleanSupplier condition, long timeoutNanos) {
        Participant me = self.get();
        if (me == null) {
            throw new IllegalStateException("a thread outside the simulation waits");
        }
        if (!condition.getAsBoolean()) {
            NoWait.check();
        }
        Participant next;
        synchronized (this) {
            if (abandoned) {
                throw over(me);
            }
            me.condition = condition;
            me.deadline = timeoutNanos == Long.MAX_VALUE ? Long.MAX_VALUE : nanos + timeoutNanos;
            next = pass();
        }
        // With the monitor free: who wakes up is not to wait for it.
        next.wake();
        takeBaton(me);
        // Who has the baton is the only one who looks at these.
        me.condition = READY;
        me.deadline = Long.MAX_VALUE;
        return condition.getAsBoolean();
    }

    private void takeBaton(Participant me) {
        boolean interrupted = false;
        while (holder != me && !abandoned) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (abandoned) {
            throw over(me);
        }
    }

    /** What ends a thread: for the first the reason, for all others the power. */
    private SimulatedCrash over(Participant me) {
        // The thread's own memory keeps the participant; it is not to keep the machine as well.
        me.condition = READY;
        if (me == participants.get(0)) {
            rethrow();
        }
        return new SimulatedCrash();
    }

    private void wakeAll() {
        for (Participant participant : participants) {
            participant.wake();
        }
    }

    /** Gives the baton to somebody who can run, moving time if nobody can. The caller wakes that one. */
    private Participant pass() {
        while (true) {
            able.clear();
            boolean progress = false;
            long earliest = Long.MAX_VALUE;
            for (int i = 0; i < participants.size(); i++) {
                Participant participant = participants.get(i);
                boolean can = participant.condition.getAsBoolean();
                if (can || participant.deadline <= nanos) {
                    able.add(participant);
                    // Workers that only ever wake by the clock are no progress.
                    progress |= can || !participant.background;
                } else {
                    earliest = Math.min(earliest, participant.deadline);
                }
            }
            if (!able.isEmpty()) {
                idleJumps = progress ? 0 : idleJumps + 1;
                Participant next = able.get(random.below(able.size()));
                holder = next;
                return next;
            }
            if (earliest == Long.MAX_VALUE || idleJumps > MAX_IDLE_JUMPS) {
                abandoned = true;
                holder = participants.get(0);
                failure = new AssertionError("deadlock: everybody waits: " + waiting());
                wakeAll();
                return holder;
            }
            nanos = earliest;
        }
    }

    private String waiting() {
        return participants.stream().map(p -> p.name).toList().toString();
    }

    @Override
    public void signal(Object subject) {
        // Conditions are looked at each time the baton passes.
    }

    @Override
    public Worker start(String role, Step step) {
        SimulatedWorker worker = new SimulatedWorker(step);
        launch(role, true, worker::loop);
        return worker;
    }

    /** Starts a session: runs when the creating thread waits. */
    public void session(String name, Runnable work) {
        launch(name, false, work);
    }

    private void launch(String name, boolean background, Runnable work) {
        Participant participant = new Participant(name, background);
        synchronized (this) {
            participants.add(participant);
        }
        THREADS.execute(() -> {
            participant.thread = Thread.currentThread();
            self.set(participant);
            try {
                takeBaton(participant);
                work.run();
            } catch (SimulatedCrash crash) {
                // The machine is gone, for everybody.
                abandon();
            } catch (RuntimeException | Error problem) {
                synchronized (this) {
                    if (failure == null && !abandoned) {
                        failure = problem;
                        abandoned = true;
                        wakeAll();
                    }
                }
            } finally {
                Participant next = participant;
                synchronized (this) {
                    participants.remove(participant);
                    if (holder == participant && !abandoned) {
                        next = pass();
                    }
                }
                self.remove();
                next.wake();
            }
        });
    }

    /** Lets the sessions run until all have ended or the power fails; throws what the first failing one threw. */
    public void runSessions() {
        try {
            await(this, this::sessionsEnded, Long.MAX_VALUE);
        } catch (SimulatedCrash crash) {
            // The test looks at what survived.
        }
        rethrow();
    }

    /** Whether the machine lost power under somebody. */
    public synchronized boolean isAbandoned() {
        return abandoned;
    }

    private boolean sessionsEnded() {
        for (int i = 1; i < participants.size(); i++) {
            if (!participants.get(i).background) {
                return false;
            }
        }
        return true;
    }

    /** Ends all other threads at their next wait; waits for none of them. */
    public synchronized void abandon() {
        abandoned = true;
        wakeAll();
    }

    /** Throws what a thread of the simulation threw, if any did. */
    public synchronized void rethrow() {
        Throwable problem = failure;
        if (problem instanceof Error error) {
            throw error;
        }
        if (problem instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private final class SimulatedWorker implements Worker {
        private final Step step;
        private boolean woken;
        private boolean closed;
        private boolean done;

        SimulatedWorker(Step step) {
            this.step = step;
        }

        void loop() {
            try {
                while (!closed) {
                    woken = false;
                    long delay = run();
                    SimulatedScheduler.this.await(this, () -> woken || closed, delay);
                }
            } finally {
                done = true;
            }
        }

        private long run() {
            try {
                return step.run();
            } catch (RuntimeException problem) {
                if (tolerated.test(problem)) {
                    return RETRY_NANOS;
                }
                throw problem;
            }
        }

        @Override
        public void wake() {
            woken = true;
        }

        @Override
        public void close() {
            closed = true;
            SimulatedScheduler.this.await(this, () -> done, Long.MAX_VALUE);
        }
    }
}
