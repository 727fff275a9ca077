package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.temp.EntrySorter;
import dev.strongroom.storage.tree.TreeAppender;
import dev.strongroom.storage.txn.Txn;
import java.util.Arrays;

/**
 * Fills an index: entries are sorted, in memory or in temporary files, then its tree is built from left to right, or they are
 * put beside those that others put there. One thread.
 */
final class IndexFill implements AutoCloseable {
    /** Leaves room for the entries of rows to come. */
    private static final int PERCENT = 90;

    private static final int UNIQUE = 1;

    private final StoredTable table;
    private final int index;
    private final boolean unique;
    private final EntrySorter sorter;
    private final byte[] value = new byte[3];

    IndexFill(StoredTable table, int index, long memory) {
        this.table = table;
        this.index = index;
        this.unique = table.layout.indexes().get(index - 1).unique();
        this.sorter = new EntrySorter(table.store.temp, memory);
    }

    /**
     * Adds the entry of a row, if the index holds it.
     *
     * @param number of the row
     */
    void add(Row row, byte[] primaryKey, int number) {
        byte[] indexKey = table.keys.indexKey(index, row);
        if (indexKey == null) {
            return;
        }
        add(indexKey, primaryKey, unique && table.keys.excludes(index, row) ? UNIQUE : 0, number);
    }

    /** Adds the entry of a version that is not the newest; it collides with nothing. */
    void addOld(byte[] indexKey, byte[] primaryKey) {
        add(indexKey, primaryKey, 0, 0);
    }

    private void add(byte[] indexKey, byte[] primaryKey, int flags, int number) {
        byte[] entry = table.keys.entry(index, indexKey, primaryKey);
        value[0] = (byte) indexKey.length;
        value[1] = (byte) (indexKey.length >>> 8);
        value[2] = (byte) flags;
        sorter.add(entry, entry.length, value, 0, value.length, number);
    }

    /**
     * Has the entries in the tree.
     *
     * @throws TreeFill.Duplicate the index is unique and two rows have the same key
     */
    void finish(Txn txn) {
        TreeState state = table.state(index);
        boolean fresh = state.isFill(txn) && TableStore.lastKey(state.tree, null) == null;
        TreeAppender appender = fresh ? new TreeAppender(state.tree, PERCENT) : null;
        byte[] previous = {};
        EntrySorter.Output output = sorter.sorted();
        for (EntrySorter.Entry entry = output.next(); entry != null; entry = output.next()) {
            byte[] key = entry.key();
            int valueAt = entry.valueAt();
            byte[] bytes = entry.bytes();
            if (bytes[valueAt + 2] == UNIQUE) {
                int split = bytes[valueAt] & 0xFF | (bytes[valueAt + 1] & 0xFF) << 8;
                if (previous.length == split && Arrays.equals(previous, 0, split, key, 0, split)) {
                    throw new TreeFill.Duplicate(index, Arrays.copyOfRange(key, split, key.length), entry.number());
                }
                previous = Arrays.copyOf(key, split);
            }
            if (appender != null) {
                appender.add(key, 0, key.length, bytes, valueAt, 2);
            } else {
                byte[] split = Arrays.copyOfRange(bytes, valueAt, valueAt + 2);
                StoredTable.put(table.store, txn, state, key, split, false);
            }
        }
        if (appender != null) {
            appender.finish();
        }
        sorter.close();
    }

    /**
     * As {@link #finish} where others keep the index in step meanwhile.
     *
     * @throws TreeFill.Duplicate the index is unique and two rows have the same key
     */
    void mergeInto(IndexMerge index) {
        EntrySorter.Output output = sorter.sorted();
        for (EntrySorter.Entry entry = output.next(); entry != null; entry = output.next()) {
            byte[] bytes = entry.bytes();
            int at = entry.valueAt();
            int split = bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8;
            index.put(entry.key(), split, bytes[at + 2] == UNIQUE);
        }
        sorter.close();
    }

    @Override
    public void close() {
        sorter.close();
    }
}
