package dev.strongroom.common.time;

import org.jspecify.annotations.Nullable;

/**
 * A try at some work on a thread that may not wait (architecture.md 7): while it is under way {@link Scheduler#await} throws
 * {@link WouldBlock} instead of waiting, and so does everything else that takes long and says so by {@link #check}. Waits of a
 * few instructions, for latches and mutexes, are exempt. A commit under a try does not wait until it is durable but leaves a
 * {@link Completion} behind. The try belongs to the thread that began it; used by one thread at a time.
 */
public final class NoWait {
    private static final ThreadLocal<@Nullable NoWait> CURRENT = new ThreadLocal<>();

    private @Nullable Completion deferred;
    private boolean mayFlush;

    /**
     * Begins a try on this thread. {@link #end} follows in a finally.
     *
     * @param alone nobody else depends on this thread: it may make a commit durable itself where nobody else is at it
     */
    public void begin(boolean alone) {
        mayFlush = alone;
        CURRENT.set(this);
    }

    /** Whether a commit may write and sync the log on this thread, but not wait for others to do so. */
    public boolean mayFlush() {
        return mayFlush;
    }

    /** Ends the try. */
    public void end() {
        CURRENT.remove();
    }

    /** The try this thread is under, null if it may wait. */
    public static @Nullable NoWait current() {
        // Virtual threads may always wait: spares them a map of their own.
        return Thread.currentThread().isVirtual() ? null : CURRENT.get();
    }

    /** Says that what follows may wait or take long: throws {@link WouldBlock} under a try. */
    public static void check() {
        if (current() != null) {
            throw WouldBlock.INSTANCE;
        }
    }

    /** Lifts the ban for what must be finished; give the answer to {@link #restore} in a finally. */
    public static @Nullable NoWait lift() {
        NoWait held = current();
        if (held != null) {
            CURRENT.remove();
        }
        return held;
    }

    /** Puts back what {@link #lift} took away. */
    public static void restore(@Nullable NoWait held) {
        if (held != null) {
            CURRENT.set(held);
        }
    }

    /** Leaves behind what the work would have waited for. Once a try. */
    public void defer(Completion completion) {
        assert deferred == null;
        deferred = completion;
    }

    /** What the work left behind, and forgets it; null if it is really done. */
    public @Nullable Completion takeDeferred() {
        Completion left = deferred;
        deferred = null;
        return left;
    }
}
