package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;

/** A running scan; used by the transaction's thread. It may stay open across statements of the transaction. */
public interface RowCursor extends AutoCloseable {
    /** Moves to the next visible row. */
    boolean next();

    /** Loads the asked-for columns of the current row; allocates nothing for fixed-size columns. */
    void load(Row into);

    /** Primary key of the current row, a fresh array. */
    byte[] key();

    /** Version of the current row, for {@link Table#update}. */
    long version();

    @Override
    void close();
}
