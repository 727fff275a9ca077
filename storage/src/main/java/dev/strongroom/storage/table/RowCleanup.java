package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.RowCleaner;
import dev.strongroom.storage.txn.RowStore;
import dev.strongroom.storage.txn.Txn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What changed or deleted rows of a table leave behind and nobody will look for once every snapshot sees the change: the deleted
 * row itself, index entries of its old keys, its old large values. Told as bytes, which may wait in a file.
 */
final class RowCleanup implements RowCleaner {
    private static final byte ENTRY = 1;
    private static final byte LARGE = 2;
    private static final byte ROW = 3;
    private static final int ENTRY_HEADER = 11;

    private final StoredTable table;

    RowCleanup(StoredTable table) {
        this.table = table;
    }

    /**
     * Has it done when the transaction's changes are seen by all.
     *
     * @param before the row as it was
     * @param stale entries of the indexes whose key changed
     */
    void later(Txn txn, Tree primary, byte[] key, byte[] before, List<Stale> stale, boolean deleted) {
        stale.forEach(old -> laterEntry(txn, primary, key, old.index, old.entry));
        if ((before[0] & RowCodec.HAS_LARGE) != 0) {
            byte[] work = new byte[1 + before.length];
            work[0] = LARGE;
            System.arraycopy(before, 0, work, 1, before.length);
            txn.cleanup(this, primary.root(), key, work);
        }
        if (deleted) {
            txn.cleanup(this, primary.root(), key, new byte[] {ROW});
        }
    }

    /** Has an entry of an index that the row no longer has removed when the transaction's changes are seen by all. */
    void laterEntry(Txn txn, Tree primary, byte[] key, int index, byte[] entry) {
        ByteBuffer work = ByteBuffer.allocate(ENTRY_HEADER + entry.length).put(ENTRY);
        work.putShort((short) index).putLong(table.state(index).tree.root()).put(entry);
        txn.cleanup(this, primary.root(), key, work.array());
    }

    /** An entry of an index that the row no longer has. */
    record Stale(int index, byte[] entry) {}

    /**
     * The table may have been emptied since the change; what it holds now has nothing to do with this. The old content is freed
     * after this has run.
     */
    @Override
    public void clean(long content, byte[] key, long writer, byte[] work) {
        TreeState state = new TreeState(new Tree(table.store.trees, table.layout.treeId(), content));
        switch (work[0]) {
            case ENTRY -> removeEntry(state, key, work);
            case LARGE -> {
                LargeValueTree values = new LargeValueTree(table.store, state, null);
                byte[] before = Arrays.copyOfRange(work, 1, work.length);
                for (long valueId : table.codec.largeValues(before, table.large(state))) {
                    values.remove(valueId);
                }
            }
            case ROW -> removeRow(state.tree, key, writer);
            default -> throw new IllegalStateException("cleanup of kind " + work[0]);
        }
    }

    private void removeRow(Tree tree, byte[] key, long writer) {
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
    private void removeEntry(TreeState content, byte[] key, byte[] work) {
        ByteBuffer told = ByteBuffer.wrap(work, 1, ENTRY_HEADER - 1);
        int index = told.getShort();
        long root = told.getLong();
        byte[] entry = Arrays.copyOfRange(work, ENTRY_HEADER, work.length);
        Tree tree = new Tree(
                table.store.trees, table.layout.indexes().get(index - 1).treeId(), root);
        Leaf leaf = new Leaf();
        tree.seekExclusive(entry, -1, leaf);
        boolean goes = false;
        try {
            goes = leaf.found() && !anyVersionHas(content, key, index, entry);
        } finally {
            if (!goes) {
                tree.releaseExclusive(leaf);
            }
        }
        if (goes) {
            RowStore.tidyAway(new RecordWriter(), tree, leaf);
        }
    }

    private boolean anyVersionHas(TreeState content, byte[] key, int index, byte[] entry) {
        List<byte[]> images = new ArrayList<>();
        Leaf leaf = new Leaf();
        content.tree.seek(key, leaf);
        try {
            if (leaf.found()) {
                images.add(leaf.value(leaf.index()));
                images.addAll(table.store.rows.olderVersions(content.tree, leaf, leaf.index()));
            }
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
}
