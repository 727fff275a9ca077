package dev.strongroom.storage.txn;

import org.jspecify.annotations.Nullable;

/** Transactions that have an id and have not ended, in the order of their ids. Guarded by its owner. */
final class ActiveList {
    private @Nullable Txn oldest;
    private @Nullable Txn newest;
    private int size;

    /** Adds one whose id is higher than all before. */
    void add(Txn txn) {
        Txn last = newest;
        txn.older = last;
        if (last == null) {
            oldest = txn;
        } else {
            last.newer = txn;
        }
        newest = txn;
        size++;
    }

    /** Removes one that is in it. */
    void remove(Txn txn) {
        Txn before = txn.older;
        Txn after = txn.newer;
        if (before == null) {
            oldest = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.older = before;
        }
        txn.older = null;
        txn.newer = null;
        size--;
    }

    /** The lowest id; {@code none} where there is no transaction. */
    long lowestId(long none) {
        Txn first = oldest;
        return first == null ? none : first.id;
    }

    /** The oldest LSN one of them may have to go back to; {@link Long#MAX_VALUE} without any. */
    long oldestStartLsn() {
        long lsn = Long.MAX_VALUE;
        for (Txn txn = oldest; txn != null; txn = txn.newer) {
            lsn = Math.min(lsn, txn.startLsn);
        }
        return lsn;
    }

    int size() {
        return size;
    }
}
