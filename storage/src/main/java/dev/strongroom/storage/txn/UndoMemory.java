package dev.strongroom.storage.txn;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.storage.temp.SealedBlocks;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What undo, older versions and row locks of all databases of a server may take on the heap, and a cache of blocks of what has
 * gone to files. Thread-safe.
 */
public final class UndoMemory {
    /** Below this a transaction keeps its undo whatever the others have: a file for less is not worth it. */
    static final int LEAST_SPILL = 128 * 1024;

    /** What a lock on a row takes, about. */
    static final int LOCK_BYTES = 300;

    private static final int CACHED_BLOCKS = 128;

    private final Limits limits;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong locks = new AtomicLong();
    private final AtomicReferenceArray<@Nullable Cached> cache = new AtomicReferenceArray<>(CACHED_BLOCKS);

    /**
     * The budget. Heap in use stays below {@code memoryBytes} + 128 KiB for each transaction that writes + 4 MiB of cached
     * blocks + 3 MiB for each GiB in files.
     *
     * @param memoryBytes undo, versions and row locks of all transactions together; beyond it they go to sealed files
     * @param transactionBytes undo of one transaction before it goes to files
     * @param filesBytes what snapshots may keep alive in files, per database; beyond it the oldest one is too old
     * @param snapshotAgeMicros a snapshot younger than this is never too old
     */
    public record Limits(long memoryBytes, long transactionBytes, long filesBytes, long snapshotAgeMicros) {
        /** 64 MiB, of which one transaction 8; 4 GiB in files; no snapshot is too young. */
        public static final Limits DEFAULT = new Limits(64L << 20, 8L << 20, 4L << 30, 0);
    }

    public UndoMemory(Limits limits) {
        this.limits = limits;
    }

    Limits limits() {
        return limits;
    }

    /** Bytes on the heap, about. */
    public long used() {
        return used.get();
    }

    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /** Whether a transaction should put what it has on the heap into files. */
    boolean isTooMuch(long ofTransaction) {
        return ofTransaction > limits.transactionBytes
                || ofTransaction > Math.min(LEAST_SPILL, limits.transactionBytes) && used.get() > limits.memoryBytes;
    }

    /** Whether more is in use than half of what there is. */
    boolean isHalfFull() {
        return used.get() > limits.memoryBytes / 2;
    }

    /**
     * Counts a lock.
     *
     * @throws DatabaseException OUT_OF_MEMORY where locks would take more than half of all
     */
    void lockTaken() {
        if (locks.addAndGet(LOCK_BYTES) > limits.memoryBytes / 2) {
            locks.addAndGet(-LOCK_BYTES);
            throw ErrorReport.error(ErrorCode.OUT_OF_MEMORY, "out of shared memory")
                    .withDetail("All transactions together hold too many row locks.")
                    .withHint("You might need to increase \"undo_memory\".")
                    .exception();
        }
    }

    void lockReleased() {
        locks.addAndGet(-LOCK_BYTES);
    }

    /** Bytes locks take, about. */
    public long lockBytes() {
        return locks.get();
    }

    /** A block of a file, from memory where it is; null if it is no longer there. */
    byte @Nullable [] read(SealedBlocks file, int block, long number) {
        int at = (int) Math.floorMod(file.id() * 31 + number, (long) CACHED_BLOCKS);
        Cached cached = cache.get(at);
        if (cached != null && cached.file == file && cached.number == number) {
            return cached.plain;
        }
        // Takes long: who may not wait tries again elsewhere.
        NoWait.check();
        byte[] plain = file.read(block, number);
        if (plain != null) {
            cache.set(at, new Cached(file, number, plain));
        }
        return plain;
    }

    private record Cached(SealedBlocks file, long number, byte[] plain) {}
}
