package dev.strongroom.storage.buffer;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.page.PageBatch;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.page.PageStore;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes one database's changed pages to its store, a batch at a time. A page is copied under its shared latch; the log is made
 * durable up to the highest LSN of the batch before any of it is written. Thread-safe; batches follow one another.
 */
public final class PageFlusher {
    private final PageAccess pages;
    private final FrameTable frames;
    private final PageStore store;
    private final LogStream log;
    private final StopSwitch stop;
    private final Mutex flushing;
    private final PageBatch batch = new PageBatch();
    private final AtomicInteger dirty = new AtomicInteger();
    private int position;
    private volatile int skipped = -1;
    private volatile boolean cutShort;
    private volatile @Nullable PageRun watching;

    PageFlusher(
            PageAccess pages, FrameTable frames, PageStore store, LogStream log, StopSwitch stop, Scheduler scheduler) {
        this.pages = pages;
        this.frames = frames;
        this.store = store;
        this.log = log;
        this.stop = stop;
        this.flushing = new Mutex(scheduler);
    }

    /** Tells a run of every page written from now on; null ends it. */
    public void watch(@Nullable PageRun run) {
        watching = run;
    }

    void dirtied() {
        dirty.incrementAndGet();
    }

    /** Pages changed since they were written, about. */
    public int dirtyPages() {
        return dirty.get();
    }

    /** Whether so much of the pool is dirty that pages should be written ahead of need. */
    public boolean isCrowded() {
        return dirty.get() > frames.count() / 4;
    }

    /** Flushes one batch of whatever can be latched at once. The caller may hold latches. */
    public int flushForSpace() {
        return dirty.get() == 0 ? 0 : flush(Long.MAX_VALUE);
    }

    /**
     * Flushes one batch of pages whose recovery LSN is below a limit. The caller holds no latch.
     *
     * @return pages written; 0 when none is left
     */
    public int flushBelow(long recoveryLsn) {
        while (true) {
            int written = flush(recoveryLsn);
            int busy = skipped;
            if (written > 0 || busy < 0) {
                return written;
            }
            // Outside the lock: who holds the latch may be waiting for it to find a free frame.
            frames.awaitUnlatched(busy);
        }
    }

    /**
     * Flushes what is dirty among at most {@link PageBatch#CAPACITY} neighbouring pages. The caller holds no latch.
     *
     * @return pages written
     */
    public int flushRange(long from, long to) {
        int all = 0;
        while (true) {
            int written = write(() -> collectRange(from, to));
            int busy = skipped;
            all += written;
            if (busy >= 0) {
                frames.awaitUnlatched(busy);
            } else if (!cutShort) {
                return all;
            }
        }
    }

    /** Runs between batches: while it runs no page is on its way to the disk. */
    public void betweenBatches(Runnable work) {
        flushing.lock();
        try {
            stop.check();
            work.run();
        } catch (DatabaseException failure) {
            throw stop.stop(failure);
        } finally {
            flushing.unlock();
        }
    }

    private int flush(long below) {
        return write(() -> collect(below));
    }

    private int write(LongSupplier collector) {
        flushing.lock();
        try {
            stop.check();
            batch.limit(store.batchPages(batch.isFull()));
            long highest = collector.getAsLong();
            if (batch.size() == 0) {
                return 0;
            }
            log.durable(highest);
            store.write(batch);
            PageRun run = watching;
            if (run != null) {
                // Before any of these can be evicted: what was read ahead of them is out of date.
                run.written(batch);
            }
            for (int i = 0; i < batch.size(); i++) {
                int frame = batch.ticket(i);
                byte[] image = batch.image(i);
                frames.onDisk(frame, PageLayout.keyVersion(image), image, PageLayout.TAG);
                frames.writingLsn(frame, 0);
            }
            return batch.size();
        } catch (DatabaseException failure) {
            // The frames of the batch stay marked as being written: nothing can be evicted that may not be on disk.
            throw stop.stop(failure);
        } finally {
            flushing.unlock();
        }
    }

    private long collect(long below) {
        batch.clear();
        skipped = -1;
        long highest = 0;
        int count = frames.count();
        for (int step = 0; step < count && !batch.isFull(); step++) {
            position = position + 1 >= count ? 0 : position + 1;
            highest = Math.max(highest, take(position, below));
        }
        return highest;
    }

    private long collectRange(long from, long to) {
        batch.clear();
        skipped = -1;
        long highest = 0;
        cutShort = false;
        for (long page = from; page < to; page++) {
            if (batch.isFull()) {
                cutShort = true;
                break;
            }
            int frame = pages.resident(page);
            if (frame >= 0) {
                highest = Math.max(highest, take(frame, Long.MAX_VALUE));
            }
        }
        return highest;
    }

    /** Copies a frame into the batch if it is due; returns its page LSN. */
    private long take(int frame, long below) {
        if (!isDue(frame, below)) {
            return 0;
        }
        if (!frames.tryLockShared(frame)) {
            skipped = frame;
            return 0;
        }
        long lsn = 0;
        if (isDue(frame, below)) {
            long offset = pages.offset(frame);
            byte[] image = batch.add(frames.page(frame), frame);
            frames.diskTag(frame, batch.former(frames.diskKeyVersion(frame)));
            MemorySegment.copy(pages.memory(), ValueLayout.JAVA_BYTE, offset, image, 0, PageLayout.BODY_SIZE);
            lsn = PageLayout.lsn(pages.memory(), offset);
            frames.writingLsn(frame, frames.recoveryLsn(frame));
            frames.recoveryLsn(frame, 0);
            dirty.decrementAndGet();
        }
        frames.unlockShared(frame);
        return lsn;
    }

    private boolean isDue(int frame, long below) {
        if (frames.slot(frame) != pages.slot()) {
            return false;
        }
        long recovery = frames.recoveryLsn(frame);
        return recovery != 0 && recovery < below;
    }

    /**
     * Where redo must start if the process died now. Every change appended before the call is counted, because its page stays
     * latched exclusively until it is marked.
     *
     * @param end end of the log, read before the call
     */
    public long redoPoint(long end) {
        long lowest = end;
        for (int frame = 0; frame < frames.count(); frame++) {
            if (frames.slot(frame) != pages.slot()) {
                continue;
            }
            frames.awaitUnlatched(frame);
            if (frames.slot(frame) != pages.slot()) {
                continue;
            }
            // Read in this order: the flusher sets the second before it clears the first.
            long recovery = frames.recoveryLsn(frame);
            long writing = frames.writingLsn(frame);
            if (recovery != 0) {
                lowest = Math.min(lowest, recovery);
            }
            if (writing != 0) {
                lowest = Math.min(lowest, writing);
            }
        }
        return lowest;
    }
}
