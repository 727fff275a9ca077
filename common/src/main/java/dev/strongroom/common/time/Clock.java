package dev.strongroom.common.time;

/** Wall and monotonic time, injected so that simulation owns it. */
public interface Clock {
    /** Microseconds since 1970-01-01 UTC. */
    long epochMicros();

    /** Nanoseconds from an arbitrary start, never going back. */
    long monotonicNanos();
}
