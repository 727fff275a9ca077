package dev.strongroom.storage.txn;

import dev.strongroom.storage.tree.Tree;
import org.jspecify.annotations.Nullable;

/** One step of a transaction: what to take back when it rolls back, or what to tidy up when nobody sees what it replaced. */
sealed interface Undo {
    /** What a step costs on the heap besides the arrays it refers to, about. */
    int OVERHEAD_BYTES = 200;

    /** Bytes it holds on the heap, about; links of a version chain included. */
    default long heapBytes() {
        return OVERHEAD_BYTES;
    }

    /** A step that can go to a file: it is about one row. */
    sealed interface OfRow extends Undo {
        /** Root of the tree when it was changed: TRUNCATE gives a tree another one. */
        long content();

        byte[] key();
    }

    /**
     * A row changed.
     *
     * @param before what was there, null for nothing
     * @param previousLsn the transaction's log record before the change
     * @param version the chain link that holds {@code before}, where there is one
     */
    record RowChange(
            Tree tree,
            long content,
            byte[] key,
            byte @Nullable [] before,
            long previousLsn,
            @Nullable Version version) implements OfRow {
        @Override
        public long heapBytes() {
            return OVERHEAD_BYTES + key.length + (before == null ? 0 : before.length);
        }
    }

    /** Nothing to take back, but something to tidy up for a row after the commit, once every snapshot sees it. */
    record Later(RowCleaner cleaner, long content, byte[] key, byte[] work) implements OfRow {
        @Override
        public long heapBytes() {
            return OVERHEAD_BYTES + key.length + work.length;
        }
    }

    /** As {@link Later}, for more than a row; done after those of rows. */
    record Cleanup(Runnable work) implements Undo {}

    /** A lock was taken. */
    record LockTaken(LockTable locks, LockTable.Key key, int mode) implements Undo {}

    /** Something in memory changed. */
    record Action(Runnable action) implements Undo {}
}
