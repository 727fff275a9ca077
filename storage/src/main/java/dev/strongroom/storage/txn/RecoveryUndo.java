package dev.strongroom.storage.txn;

import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.log.UndoHandler;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.tree.TreeRecords;
import dev.strongroom.storage.txn.RowStore.UndoBody;
import org.jspecify.annotations.Nullable;

/** Undoes ROW records of transactions that were running at a crash; one thread, before the database is open. */
final class RecoveryUndo implements UndoHandler {
    private final TreeDirectory trees;
    private final RecordWriter compensation = new RecordWriter();
    private final Leaf leaf = new Leaf();

    RecoveryUndo(TreeDirectory trees) {
        this.trees = trees;
    }

    @Override
    public void undo(LogRecord record) {
        Tree tree = trees.find(record.tree());
        if (tree == null) {
            return;
        }
        byte[] key = UndoBody.key(record);
        byte[] before = UndoBody.before(record);
        trees.undoing(tree, key, current(tree, key), before);
        tree.seekExclusive(key, before == null ? -1 : before.length, leaf);
        try {
            compensation.begin(TreeRecords.ROW, record.transaction(), record.previousLsn(), record.tree(), false);
            if (before != null) {
                tree.put(leaf, key, before, compensation);
            } else if (leaf.found()) {
                tree.remove(leaf, compensation);
            }
        } finally {
            tree.releaseExclusive(leaf);
        }
    }

    private byte @Nullable [] current(Tree tree, byte[] key) {
        tree.seek(key, leaf);
        try {
            return leaf.found() ? leaf.value(leaf.index()) : null;
        } finally {
            tree.releaseShared(leaf);
        }
    }
}
