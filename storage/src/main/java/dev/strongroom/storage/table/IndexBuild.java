package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.txn.Txn;

/** Fills a new index from the rows a transaction sees. */
final class IndexBuild {
    private static final long MEMORY = 64L << 20;

    private final StoredTable table;
    private final Txn txn;
    private final int index;

    IndexBuild(StoredTable table, Txn txn, int index) {
        this.table = table;
        this.txn = txn;
        this.index = index;
    }

    void run() {
        Row row = new Row(table.layout.columns().size());
        try (IndexFill entries = new IndexFill(table, index, MEMORY)) {
            try (StoredCursor cursor = new StoredCursor(table, txn, 0, ScanRange.ALL, table.keys.slots(index))) {
                while (cursor.next()) {
                    cursor.load(row);
                    entries.add(row, cursor.key(), 0);
                }
            }
            entries.finish(txn);
        } catch (TreeFill.Duplicate duplicate) {
            throw table.keys.notUnique(index, table.newest(txn, duplicate.key()));
        }
    }
}
