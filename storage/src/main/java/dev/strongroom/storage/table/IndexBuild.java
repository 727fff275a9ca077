package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.txn.Txn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Fills a new index: entries of all rows, sorted, then inserted in order, which fills the leaves. */
final class IndexBuild {
    private final StoredTable table;
    private final Txn txn;
    private final int index;

    IndexBuild(StoredTable table, Txn txn, int index) {
        this.table = table;
        this.txn = txn;
        this.index = index;
    }

    private record Entry(byte[] key, int split) {}

    void run() {
        List<Entry> entries = new ArrayList<>();
        Row row = new Row(table.layout.columns().size());
        boolean unique = table.layout.indexes().get(index - 1).unique();
        try (StoredCursor cursor = new StoredCursor(table, txn, 0, ScanRange.ALL, table.keys.slots(index))) {
            while (cursor.next()) {
                cursor.load(row);
                byte[] indexKey = table.keys.indexKey(index, row);
                boolean excludes = unique && table.keys.excludes(index, row);
                entries.add(new Entry(
                        table.keys.entry(index, indexKey, cursor.key()),
                        excludes ? indexKey.length : -indexKey.length));
            }
        }
        entries.sort((left, right) -> Arrays.compareUnsigned(left.key, right.key));
        TreeState state = table.state(index);
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (i > 0 && collide(entries.get(i - 1), entry)) {
                throw table.keys.notUnique(index, rowOf(entry));
            }
            int split = Math.abs(entry.split);
            byte[] value = {(byte) split, (byte) (split >>> 8)};
            StoredTable.put(table.store, txn, state, entry.key, value, false);
        }
    }

    private static boolean collide(Entry left, Entry right) {
        return left.split > 0
                && left.split == right.split
                && Arrays.equals(left.key, 0, left.split, right.key, 0, right.split);
    }

    private Row rowOf(Entry entry) {
        Row row = new Row(table.layout.columns().size());
        byte[] key = Arrays.copyOfRange(entry.key, Math.abs(entry.split), entry.key.length);
        try (StoredCursor cursor = new StoredCursor(table, txn, 0, ScanRange.prefix(key), null)) {
            if (cursor.next()) {
                cursor.load(row);
            }
        }
        return row;
    }
}
