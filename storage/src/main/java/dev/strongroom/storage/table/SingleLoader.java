package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.value.Row;
import java.util.function.Consumer;

/** Inserts one row after another. */
final class SingleLoader implements RowLoader {
    private final Consumer<Row> insert;
    private long rows;
    private long failed = -1;

    /**
     * @param insert inserts a row
     */
    SingleLoader(Consumer<Row> insert) {
        this.insert = insert;
    }

    @Override
    public void add(Row row) {
        try {
            insert.accept(row);
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
