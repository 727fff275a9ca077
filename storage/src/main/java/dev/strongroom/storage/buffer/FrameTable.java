package dev.strongroom.storage.buffer;

import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.page.PageBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The headers of all frames, off-heap, apart from the pages.
///
/// ```text
/// offset  size  content
/// 0       8     latch: version (46) | wanted (1) | exclusive (1) | waiters (1) | shared count (15)
/// 8       8     page number, -1 for none
/// 16      8     recovery LSN: redo of this page starts after it; 0 = clean
/// 24      8     recovery LSN of the copy being written; 0 = none
/// 32      4     database slot
/// 36      4     usage count, 0 to 3
/// 40      4     key version of the page on disk
/// 44      4     reserved
/// 48      16    tag of the page on disk
/// ```
///
/// The latch: many may hold it shared or one exclusive; optimistic readers hold nothing, remember the version before
/// and
/// compare it after (Leis, Haubenschild, Neumann, 2019). Releasing an exclusive latch raises the version. A held latch
/// keeps
/// its frame from being evicted: there is no pin besides.
final class FrameTable {
    static final int HEADER_SIZE = 64;
    private static final int PAGE = 8;
    private static final int RECOVERY_LSN = 16;
    private static final int WRITING_LSN = 24;
    private static final int SLOT = 32;
    private static final int USAGE = 36;
    private static final int DISK_KEY_VERSION = 40;
    private static final int DISK_TAG = 48;

    private static final long SHARED_ONE = 1;
    private static final long SHARED_MASK = 0x7FFF;
    private static final long WAITERS = 1L << 15;
    private static final long EXCLUSIVE = 1L << 16;
    /** Somebody has waited long for the exclusive latch: new readers let him go first. */
    private static final long WANTED = 1L << 17;

    private static final long VERSION_ONE = 1L << 18;
    private static final long VERSION_MASK = -VERSION_ONE;

    private static final int MAX_USAGE = 3;
    private static final int SPINS = 50;

    /** How often a writer finds others before him again until readers must let him go first. */
    private static final int PATIENCE = 4;

    /** How long a reader steps back at most: he may hold what the writer's readers wait for. */
    private static final long STEP_BACK_NANOS = 1_000_000;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private final MemorySegment headers;
    private final int frames;
    private final Scheduler scheduler;
    private final Object[] waitRooms = new Object[64];

    FrameTable(Arena arena, int frames, Scheduler scheduler) {
        this.frames = frames;
        this.scheduler = scheduler;
        headers = arena.allocate((long) frames * HEADER_SIZE, HEADER_SIZE);
        for (int i = 0; i < waitRooms.length; i++) {
            waitRooms[i] = new Object();
        }
        for (int frame = 0; frame < frames; frame++) {
            assign(frame, -1, -1);
        }
    }

    private static long at(int frame, int field) {
        return (long) frame * HEADER_SIZE + field;
    }

    private long word(int frame) {
        return (long) LONG.getVolatile(headers, at(frame, 0));
    }

    private boolean cas(int frame, long expected, long word) {
        return LONG.compareAndSet(headers, at(frame, 0), expected, word);
    }

    void lockShared(int frame) {
        int spins = 0;
        boolean steppedBack = false;
        while (true) {
            long word = word(frame);
            if ((word & EXCLUSIVE) == 0 && (steppedBack || (word & WANTED) == 0)) {
                assert (word & SHARED_MASK) != SHARED_MASK;
                if (cas(frame, word, word + SHARED_ONE)) {
                    return;
                }
            } else if (++spins < SPINS) {
                Thread.onSpinWait();
            } else if ((word & EXCLUSIVE) != 0) {
                waitFor(frame, EXCLUSIVE);
            } else {
                scheduler.await(room(frame), () -> (word(frame) & WANTED) == 0, STEP_BACK_NANOS);
                steppedBack = true;
            }
        }
    }

    boolean tryLockShared(int frame) {
        while (true) {
            long word = word(frame);
            if ((word & EXCLUSIVE) != 0) {
                return false;
            }
            if (cas(frame, word, word + SHARED_ONE)) {
                return true;
            }
        }
    }

    void unlockShared(int frame) {
        while (true) {
            long word = word(frame);
            assert (word & SHARED_MASK) != 0;
            boolean wake = (word & SHARED_MASK) == SHARED_ONE && (word & WAITERS) != 0;
            long next = word - SHARED_ONE;
            if (cas(frame, word, wake ? next & ~WAITERS : next)) {
                if (wake) {
                    scheduler.signal(room(frame));
                }
                return;
            }
        }
    }

    void lockExclusive(int frame) {
        int spins = 0;
        while (true) {
            long word = word(frame);
            if ((word & (EXCLUSIVE | SHARED_MASK)) == 0) {
                if (cas(frame, word, word | EXCLUSIVE)) {
                    return;
                }
            } else if (++spins < SPINS) {
                Thread.onSpinWait();
            } else if (spins < SPINS + PATIENCE || (word & WANTED) != 0 || cas(frame, word, word | WANTED)) {
                waitFor(frame, EXCLUSIVE | SHARED_MASK);
            }
        }
    }

    boolean tryLockExclusive(int frame) {
        long word = word(frame);
        return (word & (EXCLUSIVE | SHARED_MASK)) == 0 && cas(frame, word, word | EXCLUSIVE);
    }

    void unlockExclusive(int frame) {
        while (true) {
            long word = word(frame);
            assert (word & EXCLUSIVE) != 0;
            if (cas(frame, word, (word & VERSION_MASK) + VERSION_ONE)) {
                if ((word & (WAITERS | WANTED)) != 0) {
                    scheduler.signal(room(frame));
                }
                return;
            }
        }
    }

    /** Version for an optimistic read, or -1 while latched exclusively. */
    long version(int frame) {
        long word = word(frame);
        return (word & EXCLUSIVE) != 0 ? -1 : (word & VERSION_MASK) >>> 1;
    }

    boolean validate(int frame, long version) {
        VarHandle.acquireFence();
        return version(frame) == version;
    }

    /** Goes from a version read earlier to the exclusive latch, if nothing changed since. */
    boolean upgradeExclusive(int frame, long version) {
        long word = word(frame);
        return (word & (EXCLUSIVE | SHARED_MASK)) == 0
                && (word & VERSION_MASK) >>> 1 == version
                && cas(frame, word, word | EXCLUSIVE);
    }

    boolean upgradeShared(int frame, long version) {
        while (true) {
            long word = word(frame);
            if ((word & EXCLUSIVE) != 0 || (word & VERSION_MASK) >>> 1 != version) {
                return false;
            }
            if (cas(frame, word, word + SHARED_ONE)) {
                return true;
            }
        }
    }

    /** Returns once the frame was seen without an exclusive latch. */
    void awaitUnlatched(int frame) {
        while ((word(frame) & EXCLUSIVE) != 0) {
            waitFor(frame, EXCLUSIVE);
        }
    }

    private void waitFor(int frame, long blocking) {
        long word = word(frame);
        if ((word & blocking) == 0 || ((word & WAITERS) == 0 && !cas(frame, word, word | WAITERS))) {
            return;
        }
        NoWait held = NoWait.lift();
        try {
            // A release clears the waiters' bit: whoever finds the latch taken again must come back here to set it.
            scheduler.await(
                    room(frame),
                    () -> {
                        long now = word(frame);
                        return (now & blocking) == 0 || (now & WAITERS) == 0;
                    },
                    Long.MAX_VALUE);
        } finally {
            NoWait.restore(held);
        }
    }

    private Object room(int frame) {
        return waitRooms[frame & (waitRooms.length - 1)];
    }

    boolean isLatched(int frame) {
        return (word(frame) & (EXCLUSIVE | SHARED_MASK)) != 0;
    }

    boolean isLatchedExclusive(int frame) {
        return (word(frame) & EXCLUSIVE) != 0;
    }

    int count() {
        return frames;
    }

    long page(int frame) {
        return (long) LONG.getVolatile(headers, at(frame, PAGE));
    }

    int slot(int frame) {
        return (int) INT.getVolatile(headers, at(frame, SLOT));
    }

    boolean holds(int frame, int slot, long page) {
        return page(frame) == page && slot(frame) == slot;
    }

    /** Gives a frame, latched exclusively, to a page. */
    void assign(int frame, int slot, long page) {
        INT.setVolatile(headers, at(frame, SLOT), slot);
        LONG.setVolatile(headers, at(frame, PAGE), page);
        INT.setVolatile(headers, at(frame, USAGE), 0);
        INT.setVolatile(headers, at(frame, DISK_KEY_VERSION), PageBatch.UNKNOWN);
    }

    long recoveryLsn(int frame) {
        return (long) LONG.getVolatile(headers, at(frame, RECOVERY_LSN));
    }

    void recoveryLsn(int frame, long lsn) {
        LONG.setVolatile(headers, at(frame, RECOVERY_LSN), lsn);
    }

    long writingLsn(int frame) {
        return (long) LONG.getVolatile(headers, at(frame, WRITING_LSN));
    }

    void writingLsn(int frame, long lsn) {
        LONG.setVolatile(headers, at(frame, WRITING_LSN), lsn);
    }

    boolean isClean(int frame) {
        return recoveryLsn(frame) == 0 && writingLsn(frame) == 0;
    }

    void touch(int frame) {
        long offset = at(frame, USAGE);
        int usage = (int) INT.getOpaque(headers, offset);
        if (usage < MAX_USAGE) {
            INT.setOpaque(headers, offset, usage + 1);
        }
    }

    /** Lowers the usage count; true if it was zero already. */
    boolean cool(int frame) {
        long offset = at(frame, USAGE);
        int usage = (int) INT.getOpaque(headers, offset);
        if (usage == 0) {
            return true;
        }
        INT.setOpaque(headers, offset, usage - 1);
        return false;
    }

    boolean isCold(int frame) {
        return (int) INT.getOpaque(headers, at(frame, USAGE)) == 0;
    }

    int diskKeyVersion(int frame) {
        return (int) INT.getOpaque(headers, at(frame, DISK_KEY_VERSION));
    }

    /** Remembers how the page on disk is protected. */
    void onDisk(int frame, int keyVersion, byte[] image, int tagOffset) {
        INT.setOpaque(headers, at(frame, DISK_KEY_VERSION), keyVersion);
        MemorySegment.copy(image, tagOffset, headers, ValueLayout.JAVA_BYTE, at(frame, DISK_TAG), 16);
    }

    /** Copies the tag that {@link #onDisk} remembered. */
    void diskTag(int frame, byte[] into) {
        MemorySegment.copy(headers, ValueLayout.JAVA_BYTE, at(frame, DISK_TAG), into, 0, 16);
    }
}
