package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.value.Row;

/** Inserts one row after another. */
final class SingleLoader implements RowLoader {
    private final Table table;
    private final Transaction transaction;
    private long rows;
    private long failed = -1;

    SingleLoader(Table table, Transaction transaction) {
        this.table = table;
        this.transaction = transaction;
    }

    @Override
    public void add(Row row) {
        try {
            table.insert(transaction, row);
            rows++;
        } catch (DatabaseException failure) {
            failed = rows;
            throw failure;
        }
    }

    @Override
    public void finish() {
        // Every row is there already.
    }

    @Override
    public long failedRow() {
        return failed;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
