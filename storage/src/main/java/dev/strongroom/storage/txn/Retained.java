package dev.strongroom.storage.txn;

import dev.strongroom.common.time.Clock;

/** Counts what committed transactions hold because some snapshot does not see them. Guarded by its owner. */
final class Retained {
    /** What is left of a transaction whose undo is in a file. */
    private static final long TRANSACTION_BYTES = 600;

    private long heapBytes;
    private long fileBytes;

    void add(Txn txn) {
        txn.retainedHeap = txn.undo.heapBytes() + TRANSACTION_BYTES;
        txn.retainedFile = txn.undo.fileBytes();
        heapBytes += txn.retainedHeap;
        fileBytes += txn.retainedFile;
    }

    void remove(Txn txn) {
        heapBytes -= txn.retainedHeap;
        fileBytes -= txn.retainedFile;
    }

    /** Undo went from the heap to a file. */
    void moved(Txn txn, long bytes) {
        if (!txn.purged) {
            txn.retainedHeap -= bytes;
            txn.retainedFile += bytes;
            heapBytes -= bytes;
            fileBytes += bytes;
        }
    }

    boolean isTooMuch(UndoMemory memory) {
        UndoMemory.Limits limits = memory.limits();
        return heapBytes > limits.memoryBytes() || fileBytes > limits.filesBytes();
    }

    boolean agesCount(UndoMemory memory) {
        return memory.limits().snapshotAgeMicros() > 0;
    }

    boolean isOldEnough(Txn txn, UndoMemory memory, Clock clock) {
        long age = memory.limits().snapshotAgeMicros();
        return age == 0 || (clock.monotonicNanos() - txn.snapshotNanos) / 1000 >= age;
    }
}
