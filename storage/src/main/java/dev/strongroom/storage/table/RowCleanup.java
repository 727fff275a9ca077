package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.RowStore;
import dev.strongroom.storage.txn.Txn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a changed or deleted row leaves behind and nobody will look for once every snapshot sees the change: the deleted row
 * itself, index entries of its old keys, its old large values.
 *
 * @param before the row as it was
 * @param stale entries of the indexes whose key changed, with their index's number first
 */
record RowCleanup(StoredTable table, TreeState primary, byte[] key, byte[] before, List<byte[]> stale) {
    /** Has it done when the transaction's changes are seen by all. */
    void later(Txn txn, boolean deleted) {
        boolean large = (before[0] & RowCodec.HAS_LARGE) != 0;
        if (deleted || !stale.isEmpty() || large) {
            long writer = txn.id();
            long[] roots = new long[stale.isEmpty() ? 1 : table.keys.indexes()];
            for (int index = 0; index < roots.length; index++) {
                roots[index] = table.state(index).tree.root();
            }
            txn.cleanup(() -> run(deleted, writer, roots));
        }
    }

    /**
     * @param roots content of the trees when the row was changed. The table may have been emptied since; what it holds now has
     *     nothing to do with this. The old content is freed after this has run.
     */
    private void run(boolean deleted, long writer, long[] roots) {
        TreeState content = new TreeState(new Tree(table.store.trees, primary.tree.id(), roots[0]));
        for (byte[] entry : stale) {
            removeEntry(content, roots, entry);
        }
        RowCodec.LargeValues large = table.large(content);
        LargeValueTree values = new LargeValueTree(table.store, content, null);
        for (long valueId : table.codec.largeValues(before, large)) {
            values.remove(valueId);
        }
        if (deleted) {
            removeRow(content.tree, writer);
        }
    }

    private void removeRow(Tree tree, long writer) {
        Leaf leaf = new Leaf();
        tree.seekExclusive(key, -1, leaf);
        if (leaf.found()
                && (leaf.valueByte(leaf.index(), 0) & RowCodec.DELETED) != 0
                && table.store.rows.writer(leaf, leaf.index()) == writer) {
            table.store.rows.forget(tree, key);
            RowStore.tidyAway(new RecordWriter(), tree, leaf);
        } else {
            tree.releaseExclusive(leaf);
        }
    }

    /** Removes an index entry unless some version of the row has its key; the row is written before its entries. */
    private void removeEntry(TreeState content, long[] roots, byte[] numbered) {
        int index = (numbered[0] & 0xFF) << 8 | numbered[1] & 0xFF;
        byte[] entry = Arrays.copyOfRange(numbered, 2, numbered.length);
        Tree tree = new Tree(
                table.store.trees, table.layout.indexes().get(index - 1).treeId(), roots[index]);
        Leaf leaf = new Leaf();
        tree.seekExclusive(entry, -1, leaf);
        boolean goes = false;
        try {
            goes = leaf.found() && !anyVersionHas(content, index, entry);
        } finally {
            if (!goes) {
                tree.releaseExclusive(leaf);
            }
        }
        if (goes) {
            RowStore.tidyAway(new RecordWriter(), tree, leaf);
        }
    }

    private boolean anyVersionHas(TreeState content, int index, byte[] entry) {
        List<byte[]> images = new ArrayList<>();
        Leaf leaf = new Leaf();
        content.tree.seek(key, leaf);
        try {
            if (leaf.found()) {
                images.add(leaf.value(leaf.index()));
            }
            images.addAll(table.store.rows.olderVersions(content.tree, key));
        } finally {
            content.tree.releaseShared(leaf);
        }
        Row row = new Row(table.layout.columns().size());
        for (byte[] image : images) {
            if (!RowCodec.isDeleted(image)) {
                table.codec.decode(image, 0, table.keys.slots(index), table.large(content), row);
                byte[] indexKey = table.keys.indexKey(index, row);
                if (indexKey != null && Arrays.equals(table.keys.entry(index, indexKey, key), entry)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** An entry with its index's number before it. */
    static byte[] numbered(int index, byte[] entry) {
        byte[] numbered = new byte[entry.length + 2];
        numbered[0] = (byte) (index >>> 8);
        numbered[1] = (byte) index;
        System.arraycopy(entry, 0, numbered, 2, entry.length);
        return numbered;
    }
}
