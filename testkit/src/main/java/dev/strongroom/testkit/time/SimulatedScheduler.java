package dev.strongroom.testkit.time;

import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One baton among all threads: only its holder runs, and at each await the seed decides who gets it next. Time is virtual and
 * moves only when everybody waits. The creating thread holds the baton first; it starts sessions and lets them run with
 * {@link #runSessions}. After a simulated power failure {@link #abandon} ends every other thread.
 */
public final class SimulatedScheduler implements Scheduler, Clock {
    private static final long START_MICROS = 1_790_000_000_000_000L;
    private static final int MAX_IDLE_JUMPS = 100_000;
    private static final BooleanSupplier READY = () -> true;

    private final SeededRandomness random;
    private final List<Participant> participants = new ArrayList<>();
    private final ThreadLocal<@Nullable Participant> self = new ThreadLocal<>();
    private Participant holder;
    private long nanos;
    private boolean abandoned;
    private @Nullable Throwable failure;
    private int idleJumps;

    /** A thread that takes part. */
    private static final class Participant {
        private final String name;
        private BooleanSupplier condition = READY;
        private long deadline = Long.MAX_VALUE;
        private boolean ended;
        private final boolean background;

        Participant(String name, boolean background) {
            this.name = name;
            this.background = background;
        }
    }

    public SimulatedScheduler(SeededRandomness random) {
        this.random = random;
        holder = new Participant("main", false);
        participants.add(holder);
        self.set(holder);
    }

    @Override
    public synchronized long epochMicros() {
        return START_MICROS + nanos / 1000;
    }

    @Override
    public synchronized long monotonicNanos() {
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
        synchronized (this) {
            if (abandoned) {
                rethrow();
                throw new SimulatedCrash();
            }
            me.condition = condition;
            me.deadline = timeoutNanos == Long.MAX_VALUE ? Long.MAX_VALUE : nanos + timeoutNanos;
            pass();
            takeBaton(me);
            me.condition = READY;
            me.deadline = Long.MAX_VALUE;
        }
        return condition.getAsBoolean();
    }

    private void takeBaton(Participant me) {
        boolean interrupted = false;
        while (holder != me && !abandoned) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (abandoned) {
            rethrow();
            throw new SimulatedCrash();
        }
    }

    /** Gives the baton to somebody who can run, moving time if nobody can. */
    private void pass() {
        while (true) {
            List<Participant> able = new ArrayList<>();
            long earliest = Long.MAX_VALUE;
            for (Participant participant : participants) {
                if (participant.ended) {
                    continue;
                }
                if (participant.condition.getAsBoolean() || participant.deadline <= nanos) {
                    able.add(participant);
                } else {
                    earliest = Math.min(earliest, participant.deadline);
                }
            }
            if (!able.isEmpty()) {
                // Workers that only ever wake by the clock are no progress.
                boolean progress = able.stream().anyMatch(p -> !p.background || p.condition.getAsBoolean());
                idleJumps = progress ? 0 : idleJumps + 1;
                holder = able.get(random.below(able.size()));
                notifyAll();
                return;
            }
            if (earliest == Long.MAX_VALUE || idleJumps > MAX_IDLE_JUMPS) {
                abandoned = true;
                holder = participants.get(0);
                failure = new AssertionError("deadlock: everybody waits: " + waiting());
                notifyAll();
                return;
            }
            nanos = earliest;
        }
    }

    private String waiting() {
        return participants.stream()
                .filter(p -> !p.ended)
                .map(p -> p.name)
                .toList()
                .toString();
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
        Thread.ofPlatform().daemon().name("sim-" + name).start(() -> {
            self.set(participant);
            try {
                synchronized (this) {
                    takeBaton(participant);
                }
                work.run();
            } catch (SimulatedCrash crash) {
                // The machine is gone, for everybody.
                abandon();
            } catch (RuntimeException | Error problem) {
                synchronized (this) {
                    if (failure == null) {
                        failure = problem;
                    }
                }
            } finally {
                synchronized (this) {
                    participant.ended = true;
                    if (holder == participant && !abandoned) {
                        pass();
                    }
                }
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
        return participants.stream().skip(1).allMatch(p -> p.background || p.ended);
    }

    /** Ends all other threads at their next wait; waits for none of them. */
    public synchronized void abandon() {
        abandoned = true;
        notifyAll();
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
                    long delay = step.run();
                    SimulatedScheduler.this.await(this, () -> woken || closed, delay);
                }
            } finally {
                done = true;
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
