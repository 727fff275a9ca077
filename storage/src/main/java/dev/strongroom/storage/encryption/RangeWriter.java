package dev.strongroom.storage.encryption;

import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.buffer.PageFlusher;
import org.jspecify.annotations.Nullable;

/**
 * Seals and writes a range of pages while the next one is read. One range at a time; used by one thread, and a worker of its
 * own.
 */
final class RangeWriter implements AutoCloseable {
    private final PageFlusher flusher;
    private final Scheduler scheduler;
    private final Scheduler.Worker worker;
    private long from;
    private long to;
    /** Whether a range was given and is not written; the other fields are read only after this. */
    private volatile boolean busy;

    private volatile @Nullable RuntimeException failure;

    RangeWriter(PageFlusher flusher, Scheduler scheduler) {
        this.flusher = flusher;
        this.scheduler = scheduler;
        worker = scheduler.start("scan-write", this::step);
    }

    /** Has what is dirty of a range of pages written, once the one before is. */
    void submit(long first, long end) {
        drain();
        from = first;
        to = end;
        busy = true;
        worker.wake();
    }

    /** Waits until everything given is durable. Throws what writing threw. */
    void drain() {
        scheduler.await(this, () -> !busy, Long.MAX_VALUE);
        RuntimeException thrown = failure;
        failure = null;
        if (thrown != null) {
            throw thrown;
        }
    }

    private long step() {
        if (!busy) {
            return Long.MAX_VALUE;
        }
        try {
            flusher.flushRange(from, to);
        } catch (RuntimeException thrown) {
            failure = thrown;
        }
        busy = false;
        scheduler.signal(this);
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {
        worker.close();
    }
}
