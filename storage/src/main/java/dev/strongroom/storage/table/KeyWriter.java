package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;

/** Turns values into the order-preserving bytes of one index's keys. Thread-safe. */
public interface KeyWriter {
    /**
     * Encodes the first {@code count} key columns.
     *
     * @param values row whose slot i holds the value of key column i (not table slots)
     */
    byte[] prefix(Row values, int count);

    /** Number of key columns. */
    int parts();
}
