package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;

/**
 * Adds many rows to one table under one transaction. Rows may be in the table at once or only when {@link #finish} returns; until
 * then nobody else reads or changes the table under the same transaction. Used by one thread.
 */
public interface RowLoader extends AutoCloseable {
    /**
     * Adds a row; it may be reused by the caller.
     *
     * @throws dev.strongroom.common.error.DatabaseException UNIQUE_VIOLATION, for this row or an earlier one
     */
    void add(Row row);

    /** Has all rows in the table; throws as {@link #add}. */
    void finish();

    /** Number, from 0, of the row that a UNIQUE_VIOLATION was about; -1 if there was none. */
    long failedRow();

    /** Lets go of memory and files; without {@link #finish} the transaction, or its savepoint, is to be rolled back. */
    @Override
    void close();
}
