package dev.strongroom.storage.buffer;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.page.PageStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The frames of the process, shared by all databases: one off-heap region of 8 KiB frames, replaced by CLOCK with a two-bit
 * usage count. A thread that needs a frame takes a clean cold one; where all are dirty it flushes a batch itself. Thread-safe.
 */
public final class BufferPool {
    /** Fewest frames: a structure change holds a handful of latches, several sessions at once. */
    public static final int MIN_FRAMES = 64;

    private static final int QUICK_ROUNDS = 1_000;
    private static final int MAX_ROUNDS = QUICK_ROUNDS + 10_000;
    private static final long PAUSE_NANOS = 1_000_000;
    private static final int MAX_DATABASES = 1024;

    private final Scheduler scheduler;
    private final MemorySegment memory;
    private final FrameTable frames;
    private final AtomicInteger hand = new AtomicInteger();
    private final @Nullable PageAccess[] databases = new @Nullable PageAccess[MAX_DATABASES];

    /**
     * @param sizeBytes memory for pages; rounded down to whole frames
     */
    public BufferPool(long sizeBytes, Scheduler scheduler) {
        int count = (int) Math.max(MIN_FRAMES, Math.min(Integer.MAX_VALUE - 8, sizeBytes / PageLayout.PAGE_SIZE));
        this.scheduler = scheduler;
        memory = PoolMemory.allocate((long) count * PageLayout.PAGE_SIZE, PageLayout.PAGE_SIZE);
        frames = new FrameTable(Arena.ofAuto(), count, scheduler);
    }

    /** Lets a database use the pool. */
    public PageAccess attach(PageStore store, LogStream log, StopSwitch stop) {
        synchronized (databases) {
            for (int slot = 0; slot < databases.length; slot++) {
                if (databases[slot] == null) {
                    PageAccess access = new PageAccess(this, slot, store, log, stop, scheduler);
                    databases[slot] = access;
                    return access;
                }
            }
        }
        throw new DatabaseException(ErrorCode.CONFIGURATION_LIMIT_EXCEEDED, "too many databases are open");
    }

    /** Forgets all pages of a database, dirty ones included. Nobody uses it any more. */
    public void detach(PageAccess access) {
        for (int frame = 0; frame < frames.count(); frame++) {
            if (frames.slot(frame) == access.slot()) {
                frames.lockExclusive(frame);
                if (frames.slot(frame) == access.slot()) {
                    frames.recoveryLsn(frame, 0);
                    frames.writingLsn(frame, 0);
                    frames.assign(frame, -1, -1);
                }
                frames.unlockExclusive(frame);
            }
        }
        synchronized (databases) {
            databases[access.slot()] = null;
        }
    }

    /** Frames somebody holds a latch on just now; none when nobody works. */
    public int latchedFrames() {
        int latched = 0;
        for (int frame = 0; frame < frames.count(); frame++) {
            if (frames.isLatched(frame)) {
                latched++;
            }
        }
        return latched;
    }

    public int frameCount() {
        return frames.count();
    }

    MemorySegment memory() {
        return memory;
    }

    FrameTable frames() {
        return frames;
    }

    /**
     * Finds a frame without a page, latched exclusively, for a page of a database.
     *
     * @param ring whose frames to use again, null for any of the pool
     */
    int claim(PageAccess owner, long page, @Nullable FrameRing ring) {
        if (ring == null) {
            return claim();
        }
        int frame = reuse(owner, ring);
        if (frame < 0) {
            frame = claim();
        }
        ring.put(frame, page);
        return frame;
    }

    /** The ring's oldest frame if it still is what the ring made of it; what a load left there is written first. */
    private int reuse(PageAccess owner, FrameRing ring) {
        int frame = ring.oldest();
        if (frame < 0 || !frames.holds(frame, owner.slot(), ring.oldestPage()) || !frames.isCold(frame)) {
            return -1;
        }
        if (!frames.isClean(frame)) {
            NoWait.check();
            owner.flusher().flushForSpace();
        }
        if (frames.isLatched(frame) || !frames.tryLockExclusive(frame)) {
            return -1;
        }
        if (frames.isClean(frame) && frames.holds(frame, owner.slot(), ring.oldestPage())) {
            owner.unmap(frame, frames.page(frame));
            frames.assign(frame, -1, -1);
            return frame;
        }
        frames.unlockExclusive(frame);
        return -1;
    }

    /** Finds a frame without a page, latched exclusively. */
    private int claim() {
        for (int round = 0; ; round++) {
            int frame = sweep();
            if (frame >= 0) {
                return frame;
            }
            NoWait.check();
            if (!flushSome()) {
                if (round > MAX_ROUNDS) {
                    throw new DatabaseException(ErrorCode.OUT_OF_MEMORY, "no unlatched page frames are left");
                }
                // Somebody else holds every clean frame, or is writing the others: let them run, for seconds on a slow
                // disk.
                if (round < QUICK_ROUNDS) {
                    Thread.yield();
                    scheduler.await(this, () -> true, 0);
                } else {
                    scheduler.await(this, () -> false, PAUSE_NANOS);
                }
            }
        }
    }

    private int sweep() {
        int count = frames.count();
        for (int step = 0; step < 4 * count; step++) {
            int frame = Math.floorMod(hand.getAndIncrement(), count);
            if (frames.isLatched(frame) || !frames.isClean(frame) || !frames.cool(frame)) {
                continue;
            }
            if (frames.tryLockExclusive(frame)) {
                if (frames.isClean(frame)) {
                    PageAccess owner = owner(frame);
                    if (owner != null) {
                        owner.unmap(frame, frames.page(frame));
                    }
                    frames.assign(frame, -1, -1);
                    return frame;
                }
                frames.unlockExclusive(frame);
            }
        }
        return -1;
    }

    private @Nullable PageAccess owner(int frame) {
        int slot = frames.slot(frame);
        return slot < 0 ? null : databases[slot];
    }

    private boolean flushSome() {
        boolean wrote = false;
        for (PageAccess access : databases) {
            if (access != null) {
                wrote |= access.flusher().flushForSpace() > 0;
            }
        }
        return wrote;
    }
}
