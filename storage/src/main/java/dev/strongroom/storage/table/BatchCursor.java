package dev.strongroom.storage.table;

import dev.strongroom.common.value.Vector;
import org.jspecify.annotations.Nullable;

/**
 * A running scan of a whole table that hands out many rows at once, column by column; used by the transaction's thread. It may
 * stay open across statements of the transaction.
 */
public interface BatchCursor extends AutoCloseable {
    /** Most rows in a batch, and the capacity vectors need. */
    int MAX_ROWS = 2048;

    /** Moves to the next visible rows, in key order; returns how many, 0 at the end. */
    int next();

    /**
     * Loads a column of the current rows. Text comes as byte ranges, numerics of one scale as decimals; what the vector points
     * to stays valid until {@link #next}.
     *
     * @param rows numbers of the rows to load, ascending; null for the first {@code count}
     */
    void load(int column, Vector into, int @Nullable [] rows, int count);

    @Override
    void close();
}
