package dev.strongroom.storage.buffer;

import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.page.InPlacePageStore;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.page.PageStore;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One database's pages in the pool. A page is found by its number and handled by the number of the frame it is in; the page's
 * bytes start at {@link #offset} of {@link #memory}. Three ways to look at a page:
 *
 * <ul>
 *   <li>shared: {@link #fixShared} … {@link #unfixShared}; nobody changes it meanwhile;
 *   <li>exclusive: {@link #fixExclusive} or {@link #fixNew} … {@link #unfixExclusive}; to change it: append the log record, change
 *       the bytes, then {@link #logged};
 *   <li>optimistic: {@link #frameOf}, {@link #optimisticVersion}, read into locals, {@link #validate}; nothing is held, so what was
 *       read may be torn until validated: clamp lengths to the page, never call out before. On failure start again;
 *       after a few failures fix it shared.
 * </ul>
 *
 * A hit allocates nothing. Latch order: parent before child, tree pages before bitmap pages. Thread-safe.
 */
public final class PageAccess {
    private static final int CHUNK_BITS = 16;
    private static final int CHUNK = 1 << CHUNK_BITS;
    private static final VarHandle ENTRY = MethodHandles.arrayElementVarHandle(int[].class);
    private static final ThreadLocal<byte[]> READ_BUFFER =
            ThreadLocal.withInitial(() -> new byte[PageLayout.PAGE_SIZE]);

    private final BufferPool pool;
    private final FrameTable frames;
    private final MemorySegment memory;
    private final int slot;
    private final PageStore store;
    private final LogStream log;
    private final PageFlusher flusher;
    private volatile int[][] translation = new int[0][];

    PageAccess(BufferPool pool, int slot, PageStore store, LogStream log, StopSwitch stop, Scheduler scheduler) {
        this.pool = pool;
        this.frames = pool.frames();
        this.memory = pool.memory();
        this.slot = slot;
        this.store = store;
        this.log = log;
        this.flusher = new PageFlusher(this, frames, store, log, stop, scheduler);
    }

    /** All frames of the pool. */
    public MemorySegment memory() {
        return memory;
    }

    /** Where a frame's page starts in {@link #memory}. */
    public long offset(int frame) {
        return (long) frame * PageLayout.PAGE_SIZE;
    }

    /** Page number in a frame the caller has fixed. */
    public long page(int frame) {
        return frames.page(frame);
    }

    /** Writes changed pages out. */
    public PageFlusher flusher() {
        return flusher;
    }

    public PageStore store() {
        return store;
    }

    /**
     * Latches a page shared, reading it if it is not in memory.
     *
     * @return its frame
     */
    public int fixShared(long page) {
        return fixShared(page, null);
    }

    /**
     * As {@link #fixShared(long)}.
     *
     * @param ring frames to use for what is not in memory, null for any
     */
    public int fixShared(long page, @Nullable FrameRing ring) {
        while (true) {
            int frame = lookup(page);
            if (frame < 0) {
                load(page, ring, null);
                continue;
            }
            frames.lockShared(frame);
            if (frames.holds(frame, slot, page)) {
                touch(frame, ring);
                return frame;
            }
            frames.unlockShared(frame);
        }
    }

    /**
     * Latches a page exclusively, reading it if it is not in memory.
     *
     * @return its frame
     */
    public int fixExclusive(long page) {
        return fixExclusive(page, null);
    }

    /**
     * As {@link #fixExclusive(long)}.
     *
     * @param ring frames to use for what is not in memory, null for any
     */
    public int fixExclusive(long page, @Nullable FrameRing ring) {
        return fixExclusive(page, ring, null);
    }

    /** As {@link #fixExclusive(long, FrameRing)}, for who has read the page already, with its neighbours. */
    public int fixExclusive(long page, @Nullable FrameRing ring, @Nullable PageRun run) {
        while (true) {
            int frame = lookup(page);
            if (frame < 0) {
                load(page, ring, run);
                continue;
            }
            frames.lockExclusive(frame);
            if (frames.holds(frame, slot, page)) {
                touch(frame, ring);
                return frame;
            }
            frames.unlockExclusive(frame);
        }
    }

    /**
     * Latches a page exclusively that is about to be formatted: never reads the disk, gives a body of zeros.
     *
     * @return its frame
     */
    public int fixNew(long page) {
        return fixNew(page, null);
    }

    /**
     * As {@link #fixNew(long)}.
     *
     * @param ring frames to use, null for any
     */
    public int fixNew(long page, @Nullable FrameRing ring) {
        while (true) {
            int frame = lookup(page);
            if (frame >= 0) {
                frames.lockExclusive(frame);
                if (!frames.holds(frame, slot, page)) {
                    frames.unlockExclusive(frame);
                    continue;
                }
            } else {
                frame = pool.claim(this, page, ring);
                frames.assign(frame, slot, page);
                if (!map(page, frame)) {
                    frames.assign(frame, -1, -1);
                    frames.unlockExclusive(frame);
                    continue;
                }
            }
            memory.asSlice(offset(frame), PageLayout.PAGE_SIZE).fill((byte) 0);
            touch(frame, ring);
            return frame;
        }
    }

    /**
     * For reading runs of neighbouring pages ahead of {@link #fixExclusive(long, FrameRing, PageRun)}; one at a time, until
     * {@link PageFlusher#watch} has another or none.
     *
     * @param store the one these pages are in
     */
    public PageRun run(InPlacePageStore store) {
        PageRun run = new PageRun(store);
        flusher.watch(run);
        return run;
    }

    /** A ring for one scan or load through this database's pages. */
    public FrameRing ring() {
        return new FrameRing(frames.count());
    }

    /** Frames of the pool, which all databases share. */
    public int frameCount() {
        return frames.count();
    }

    /** What goes through a ring does not count: such pages are the first to go. */
    private void touch(int frame, @Nullable FrameRing ring) {
        if (ring == null) {
            frames.touch(frame);
        }
    }

    public void unfixShared(int frame) {
        frames.unlockShared(frame);
    }

    public void unfixExclusive(int frame) {
        frames.unlockExclusive(frame);
    }

    /** Frame of a page for an optimistic read, reading the page if it is not in memory. Nothing is held. */
    public int frameOf(long page) {
        while (true) {
            int frame = lookup(page);
            if (frame >= 0) {
                frames.touch(frame);
                return frame;
            }
            load(page, null, null);
        }
    }

    /**
     * Starts an optimistic read.
     *
     * @return the frame's version; -1 if somebody changes the frame, or if the page is no longer in it
     */
    public long optimisticVersion(int frame, long page) {
        long version = frames.version(frame);
        return version >= 0 && frames.holds(frame, slot, page) ? version : -1;
    }

    /** Whether what was read since {@link #optimisticVersion} is true. */
    public boolean validate(int frame, long version) {
        return frames.validate(frame, version);
    }

    /** Latches exclusively what was read optimistically; false if it changed meanwhile or somebody else holds a latch. */
    public boolean upgradeExclusive(int frame, long version) {
        return frames.upgradeExclusive(frame, version);
    }

    /** Latches shared what was read optimistically; false if it changed meanwhile. */
    public boolean upgradeShared(int frame, long version) {
        return frames.upgradeShared(frame, version);
    }

    /** LSN of a page the caller has fixed: the previous page LSN of the next record. */
    public long lsn(int frame) {
        return PageLayout.lsn(memory, offset(frame));
    }

    /**
     * Stamps a page, latched exclusively, with the record that changed it. From here on it is dirty.
     *
     * @param lsn what {@link LogStream#append} returned
     */
    public void logged(int frame, long lsn) {
        assert frames.isLatchedExclusive(frame);
        assert lsn > lsn(frame) : "page " + page(frame) + ": LSN " + lsn(frame) + " before " + lsn;
        PageLayout.lsn(memory, offset(frame), lsn);
        if (frames.recoveryLsn(frame) == 0) {
            frames.recoveryLsn(frame, lsn - 1);
            flusher.dirtied();
        }
    }

    /** Has a latched page written again as it is, under the key of the day, without a log record. */
    public void rewrite(int frame) {
        if (frames.recoveryLsn(frame) == 0) {
            frames.recoveryLsn(frame, Math.max(1, log.endLsn()));
            flusher.dirtied();
        }
    }

    /** Zeroes a free page for good: it gets an LSN beyond every record about its former life. The latch is exclusive. */
    public void wipe(int frame) {
        memory.asSlice(offset(frame), PageLayout.PAGE_SIZE).fill((byte) 0);
        PageLayout.lsn(memory, offset(frame), log.endLsn());
        rewrite(frame);
    }

    /** Frame of a page that is in memory, or -1; nothing is held. */
    public int resident(long page) {
        return lookup(page);
    }

    int slot() {
        return slot;
    }

    private int lookup(long page) {
        int[][] chunks = translation;
        int chunk = (int) (page >>> CHUNK_BITS);
        if (chunk >= chunks.length) {
            return -1;
        }
        return (int) ENTRY.getAcquire(chunks[chunk], (int) page & (CHUNK - 1)) - 1;
    }

    private boolean map(long page, int frame) {
        int chunk = (int) (page >>> CHUNK_BITS);
        int[][] chunks = translation;
        if (chunk >= chunks.length) {
            chunks = extend(chunk);
        }
        return ENTRY.compareAndSet(chunks[chunk], (int) page & (CHUNK - 1), 0, frame + 1);
    }

    private synchronized int[][] extend(int chunk) {
        int[][] old = translation;
        if (chunk < old.length) {
            return old;
        }
        int[][] chunks = java.util.Arrays.copyOf(old, chunk + 1);
        for (int i = old.length; i < chunks.length; i++) {
            chunks[i] = new int[CHUNK];
        }
        translation = chunks;
        return chunks;
    }

    /** Removes a page from the translation; the caller holds the frame's exclusive latch. */
    void unmap(int frame, long page) {
        boolean removed =
                ENTRY.compareAndSet(translation[(int) (page >>> CHUNK_BITS)], (int) page & (CHUNK - 1), frame + 1, 0);
        assert removed;
    }

    private void load(long page, @Nullable FrameRing ring, @Nullable PageRun run) {
        NoWait.check();
        if (page < 0 || page >= store.pageCount()) {
            throw dev.strongroom.common.error.ErrorReport.error(
                            dev.strongroom.common.error.ErrorCode.DATA_CORRUPTED,
                            "page " + page + " does not exist, the database has " + store.pageCount() + " pages")
                    .exception();
        }
        int frame = pool.claim(this, page, ring);
        frames.assign(frame, slot, page);
        if (!map(page, frame)) {
            frames.assign(frame, -1, -1);
            frames.unlockExclusive(frame);
            return;
        }
        boolean read = false;
        try {
            byte[] buffer = READ_BUFFER.get();
            if (run == null || !run.read(page, buffer)) {
                store.read(page, buffer);
            }
            MemorySegment.copy(buffer, 0, memory, ValueLayout.JAVA_BYTE, offset(frame), PageLayout.PAGE_SIZE);
            frames.onDisk(frame, PageLayout.keyVersion(buffer), buffer, PageLayout.TAG);
            touch(frame, ring);
            read = true;
        } finally {
            if (!read) {
                unmap(frame, page);
                frames.assign(frame, -1, -1);
            }
            frames.unlockExclusive(frame);
        }
    }
}
