package dev.strongroom.storage.table;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.List;

/**
 * Computes the key of an index that is not simply columns: over expressions, or over some of the rows only (a partial index). A
 * row's key must be the same at any time, by any thread and in any session: old entries are found by computing it again.
 */
public interface IndexDerivation {
    /** Columns of the table that it reads. */
    int[] slots();

    /** Types of the key columns. */
    List<PgType> types();

    /** The key columns as error messages name them. */
    List<String> labels();

    /**
     * Computes the key columns of a row.
     *
     * @param row row of the table's shape, in which {@link #slots} are loaded
     * @param into slot i receives key column i
     * @return false if the index does not hold the row
     */
    boolean derive(Row row, Row into);
}
