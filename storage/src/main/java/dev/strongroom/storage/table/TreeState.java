package dev.strongroom.storage.table;

import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.Txn;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is known in memory about a tree. */
final class TreeState {
    final Tree tree;
    /** Next hidden row id; 0 while it is not known. */
    final AtomicLong nextRowId = new AtomicLong();
    /** Next number of a large value in this tree; 0 while it is not known. */
    final AtomicLong nextValueId = new AtomicLong();

    /** Who made its present content and is alone with it, for as long as it runs. */
    private volatile @Nullable Txn creator;

    private volatile int creatorSavepoints;

    /** The table last made for the tree: nearly always the one wanted next, and dear to make. */
    private volatile @Nullable StoredTable lastTable;

    TreeState(Tree tree) {
        this.tree = tree;
    }

    /** The old content is back: numbers counted up from the other one could be taken in it. */
    void contentChanged() {
        nextRowId.set(0);
        nextValueId.set(0);
    }

    @Nullable
    StoredTable lastTable() {
        return lastTable;
    }

    void lastTable(StoredTable table) {
        lastTable = table;
    }

    void createdBy(@Nullable Txn txn, int savepoints) {
        creatorSavepoints = savepoints;
        creator = txn;
    }

    @Nullable
    Txn creator() {
        return creator;
    }

    int creatorSavepoints() {
        return creatorSavepoints;
    }

    /** Whether a failure of the transaction, or of any part of it, throws the whole content away: nothing needs undo. */
    boolean isFill(Txn txn) {
        return creator == txn && creatorSavepoints == txn.savepoints();
    }
}
