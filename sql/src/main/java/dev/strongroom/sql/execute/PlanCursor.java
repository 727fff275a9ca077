package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;

/** A running plan node. */
public interface PlanCursor extends AutoCloseable {
    /** Moves to the next row; after false it is not called again. */
    boolean next();

    /** The current row: the same object for the cursor's whole life or a new one per row, valid until {@link #next}. */
    Row row();

    /** Releases what the cursor holds; idempotent. */
    @Override
    void close();
}
