package dev.strongroom.common.time;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/** Real threads: waiting parks, each worker has a platform thread of its own. */
@SystemAccess
public final class ThreadScheduler implements Scheduler {
    private static final int ROOMS = 256;
    private static final long RETRY_NANOS = 1_000_000_000;

    private final Room[] rooms = new Room[ROOMS];
    private final ConcurrentHashMap<String, AtomicInteger> numbers = new ConcurrentHashMap<>();
    private final BiConsumer<String, Throwable> failures;

    /**
     * @param failures told the role and the error of a step that threw; the step is tried again after a second
     */
    public ThreadScheduler(BiConsumer<String, Throwable> failures) {
        this.failures = failures;
        for (int i = 0; i < ROOMS; i++) {
            rooms[i] = new Room();
        }
    }

    @SystemAccess
    private static final class Waiter {
        private final Object subject;
        private final Thread thread = Thread.currentThread();
        private volatile boolean signalled;

        Waiter(Object subject) {
            this.subject = subject;
        }
    }

    /** Waiters whose subjects hash alike. */
    private static final class Room {
        private final List<Waiter> waiters = new ArrayList<>(4);

        synchronized void enter(Waiter waiter) {
            waiters.add(waiter);
        }

        synchronized void leave(Waiter waiter) {
            waiters.remove(waiter);
        }

        synchronized void signal(Object subject) {
            for (int i = 0; i < waiters.size(); i++) {
                Waiter waiter = waiters.get(i);
                if (waiter.subject == subject) {
                    waiter.signalled = true;
                    LockSupport.unpark(waiter.thread);
                }
            }
        }
    }

    private Room room(Object subject) {
        int hash = System.identityHashCode(subject);
        return rooms[(hash ^ hash >>> 8) & (ROOMS - 1)];
    }

    @Override
    public boolean await(Object subject, BooleanSupplier condition, long timeoutNanos) {
        if (condition.getAsBoolean()) {
            return true;
        }
        NoWait.check();
        long start = System.nanoTime();
        Room room = room(subject);
        Waiter waiter = new Waiter(subject);
        boolean interrupted = false;
        room.enter(waiter);
        try {
            while (!condition.getAsBoolean()) {
                if (!waiter.signalled) {
                    if (timeoutNanos == Long.MAX_VALUE) {
                        LockSupport.park(subject);
                    } else {
                        long left = timeoutNanos - (System.nanoTime() - start);
                        if (left <= 0) {
                            return false;
                        }
                        LockSupport.parkNanos(subject, left);
                    }
                    interrupted |= Thread.interrupted();
                }
                waiter.signalled = false;
            }
            return true;
        } finally {
            room.leave(waiter);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void signal(Object subject) {
        room(subject).signal(subject);
    }

    @Override
    public Worker start(String role, Step step) {
        int number = numbers.computeIfAbsent(role, r -> new AtomicInteger()).incrementAndGet();
        ThreadWorker worker = new ThreadWorker(role, step);
        worker.thread =
                Thread.ofPlatform().daemon().name("sr-" + role + "-" + number).start(worker);
        return worker;
    }

    @SystemAccess
    private final class ThreadWorker implements Worker, Runnable {
        private final String role;
        private final Step step;
        private volatile Thread thread = Thread.currentThread();
        private volatile boolean woken;
        private volatile boolean closed;

        ThreadWorker(String role, Step step) {
            this.role = role;
            this.step = step;
        }

        @Override
        public void run() {
            while (!closed) {
                woken = false;
                long delay;
                try {
                    delay = step.run();
                } catch (RuntimeException | Error failure) {
                    failures.accept(role, failure);
                    delay = RETRY_NANOS;
                }
                long until = System.nanoTime() + delay;
                while (!woken && !closed && delay > 0) {
                    if (delay == Long.MAX_VALUE) {
                        LockSupport.park(this);
                    } else {
                        LockSupport.parkNanos(this, delay);
                        delay = until - System.nanoTime();
                    }
                }
            }
        }

        @Override
        public void wake() {
            if (!woken) {
                woken = true;
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void close() {
            closed = true;
            LockSupport.unpark(thread);
            boolean interrupted = false;
            while (thread != Thread.currentThread() && thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
