package dev.strongroom.storage.encryption;

import dev.strongroom.common.time.Clock;
import dev.strongroom.storage.buffer.PageRun;
import dev.strongroom.storage.page.PageLayout;
import java.util.function.LongSupplier;

/**
 * How fast a scan goes (TDE-303). Without a limit it never pauses. With one it keeps to it while the database is quiet, and
 * steps back to a quarter of it while the database writes log: what it takes from such work is then small, and it still ends.
 * Used by one thread, but for {@link #limit}.
 */
final class ScanPace {
    /** Without a limit, pages between two looks at whether to stop: 16 MiB, well under the 2 s of TDE-310. */
    private static final int UNLIMITED_PAGES = 16 * PageRun.CAPACITY;

    private static final int DEFAULT_MEBIBYTES = 64;
    private static final int BUSY_PART = 4;
    /** Log in a second from which on the database counts as busy: about a hundred small transactions. */
    private static final long BUSY_BYTES = 64 << 10;

    private static final long LOOK_NANOS = 100_000_000;
    private static final long SECOND = 1_000_000_000;

    private final Clock clock;
    private final LongSupplier logEnd;
    private volatile int mebibytesPerSecond = DEFAULT_MEBIBYTES;
    private boolean busy;
    private long lookedAt;
    private long lookedEnd;
    private long due;

    /**
     * @param logEnd end of the database's log
     */
    ScanPace(Clock clock, LongSupplier logEnd) {
        this.clock = clock;
        this.logEnd = logEnd;
        lookedAt = clock.monotonicNanos();
        lookedEnd = logEnd.getAsLong();
        due = lookedAt;
    }

    /** Sets the limit in MiB/s, 0 for none. */
    void limit(int newMebibytesPerSecond) {
        mebibytesPerSecond = Math.max(0, newMebibytesPerSecond);
    }

    /** Pages to go through before the next {@link #pause}. */
    int pages() {
        return mebibytesPerSecond == 0 ? UNLIMITED_PAGES : PageRun.CAPACITY;
    }

    /** Nanoseconds to wait after so many pages were written. */
    long pause(int written) {
        int limit = mebibytesPerSecond;
        long now = clock.monotonicNanos();
        look(now);
        if (limit == 0) {
            due = now;
            return 0;
        }
        int rate = busy ? Math.max(1, limit / BUSY_PART) : limit;
        long bytes = (long) written * PageLayout.PAGE_SIZE;
        // Time the scan could not use is not made up for.
        due = Math.max(due, now - LOOK_NANOS) + bytes * SECOND / ((long) rate << 20);
        return Math.max(0, due - now);
    }

    private void look(long now) {
        long nanos = now - lookedAt;
        if (nanos >= LOOK_NANOS) {
            long end = logEnd.getAsLong();
            busy = (end - lookedEnd) / (double) nanos * SECOND >= BUSY_BYTES;
            lookedAt = now;
            lookedEnd = end;
        }
    }
}
