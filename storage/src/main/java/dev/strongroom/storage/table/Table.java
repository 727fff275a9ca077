package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/**
 * A table and its indexes. Rows have one slot per column of the layout. Every write keeps all indexes in step. Indexes are
 * numbered: 0 is the primary key tree, i is {@code layout.indexes().get(i - 1)}. Thread-safe; effects belong to the
 * transaction passed in.
 */
public interface Table {
    TableLayout layout();

    /**
     * Inserts a row.
     *
     * @return the row's key
     * @throws dev.strongroom.common.error.DatabaseException UNIQUE_VIOLATION with constraint, table and detail
     */
    byte[] insert(Transaction transaction, Row row);

    /**
     * For inserting many rows. Where the transaction itself has made or emptied the table, its trees are built in one go.
     * Until the loader is finished nothing else of the transaction touches the table.
     */
    default RowLoader loader(Transaction transaction) {
        return new SingleLoader(row -> insert(transaction, row));
    }

    /**
     * Inserts a row unless it collides (ON CONFLICT). Waits for the writer of a colliding row to end.
     *
     * @param arbiter index whose collision counts, or -1 for any; a collision elsewhere throws
     * @return null if inserted, else the primary key of the newest colliding row
     */
    byte @Nullable [] insertOrConflict(Transaction transaction, Row row, int arbiter);

    /**
     * Replaces a row that was read at {@code version}. Waits for a concurrent writer.
     *
     * @return DONE, CHANGED or GONE
     * @throws dev.strongroom.common.error.DatabaseException SERIALIZATION_FAILURE where READ COMMITTED would answer CHANGED
     *     or GONE; UNIQUE_VIOLATION
     */
    WriteOutcome update(Transaction transaction, byte[] key, long version, Row newRow);

    /** Deletes a row that was read at {@code version}; as {@link #update}. */
    WriteOutcome delete(Transaction transaction, byte[] key, long version);

    /** Locks a row that was read at {@code version} until the transaction ends; as {@link #update}, or SKIPPED. */
    WriteOutcome lock(Transaction transaction, byte[] key, long version, RowLockMode mode, WaitPolicy wait);

    /**
     * Reads the version the statement's snapshot sees.
     *
     * @param columns slots to load, null for all
     * @return version for {@link #update}, or -1 if there is no visible row
     */
    long get(Transaction transaction, byte[] key, Row into, int @Nullable [] columns);

    /** Reads the newest version that is committed or the transaction's own; as {@link #get}. */
    long getLatest(Transaction transaction, byte[] key, Row into, int @Nullable [] columns);

    /**
     * Scans in key order what the statement's snapshot sees.
     *
     * @param index 0 for the table itself, else an index; the whole row is available either way
     * @param columns slots to load, null for all
     */
    RowCursor scan(Transaction transaction, int index, ScanRange range, int @Nullable [] columns);

    /** Scans the whole table in batches of columns: the rows of {@link #scan}, for reading much. */
    BatchCursor scanBatches(Transaction transaction);

    /**
     * Whether a live row has this key prefix, judged by the newest versions, waiting for live writers (foreign keys,
     * decision S-17).
     *
     * @param shareLock KEY SHARE is taken on the row found
     */
    boolean existsLatest(Transaction transaction, int index, byte[] keyPrefix, boolean shareLock);

    /** Removes all rows at once by giving every tree of the layout new content; undone with the transaction. */
    void truncate(Transaction transaction);

    /**
     * Fills an index that was just created from the newest rows; UNIQUE_VIOLATION if they collide. The caller holds a lock that
     * keeps others from changing the table. The transaction's snapshot stays what it is.
     */
    void buildIndex(Transaction transaction, int index);

    /**
     * Fills an index beside writers. All who write keep it in step already: the caller has waited for those who began without
     * it. What it puts in stays, whatever becomes of the transaction; nobody may look for rows by the index before it has
     * committed. The caller holds a lock that keeps the table from being emptied or rewritten.
     *
     * @throws dev.strongroom.common.error.DatabaseException UNIQUE_VIOLATION, DEADLOCK_DETECTED, LOCK_NOT_AVAILABLE,
     *     QUERY_CANCELED; the index is as good as before and can be filled again
     */
    void buildIndexBesideWriters(Transaction transaction, int index);

    /** Live rows, roughly. */
    long estimatedRows();

    /** Pages in all trees of the table, roughly. */
    long estimatedPages();

    /** Encoder of keys of an index (or 0, the primary key) from rows of the table's shape. */
    KeyWriter keyWriter(int index);
}
