package dev.strongroom.storage.txn;

import dev.strongroom.storage.tree.Tree;
import org.jspecify.annotations.Nullable;

/** One step to take back when a transaction rolls back. */
sealed interface Undo {
    /**
     * A row changed.
     *
     * @param content root of the tree when it was changed: TRUNCATE gives a tree another one
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
            @Nullable Version version) implements Undo {}

    /** A lock was taken. */
    record LockTaken(LockTable locks, LockTable.Key key, int mode) implements Undo {}

    /** Something in memory changed. */
    record Action(Runnable action) implements Undo {}
}
