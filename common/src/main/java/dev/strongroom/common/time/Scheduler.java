package dev.strongroom.common.time;

import java.util.function.BooleanSupplier;

/**
 * Everything that waits or runs in the background does so through here (decision S-21). In production {@link #await} parks
 * the thread and steps run on named platform threads; in simulation one baton passes between sessions and steps by seed.
 */
public interface Scheduler {
    /**
     * Waits until the condition holds. The condition is cheap, has no effect, and may be evaluated any number of times by the
     * waiting thread. Whoever makes it true calls {@link #signal} with the same subject.
     *
     * @param subject what is waited for: any object whose identity waiter and signaller share
     * @param timeoutNanos limit, or {@link Long#MAX_VALUE} for none
     * @return false if the time ran out first
     * @throws WouldBlock where {@link NoWait} forbids to wait and the condition does not hold yet
     */
    boolean await(Object subject, BooleanSupplier condition, long timeoutNanos);

    /** Wakes those who wait on the subject, so that they look at their condition again. */
    void signal(Object subject);

    /**
     * Starts a background worker that repeats a step until it is closed.
     *
     * @param role thread name part: {@code sr-<role>-<n>}
     */
    Worker start(String role, Step step);

    /** One unit of background work; must not run for long. */
    @FunctionalInterface
    interface Step {
        /**
         * Does what there is to do.
         *
         * @return nanoseconds until the step wants to run again; 0 at once, {@link Long#MAX_VALUE} only when woken
         */
        long run();
    }

    /** A started background worker. */
    interface Worker extends AutoCloseable {
        /** Makes the step run soon even if its delay has not passed. */
        void wake();

        /** Lets a running step finish, then ends the worker. Idempotent. */
        @Override
        void close();
    }
}
