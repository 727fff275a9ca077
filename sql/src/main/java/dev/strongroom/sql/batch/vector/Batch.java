package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Vector;
import dev.strongroom.storage.table.BatchCursor;
import org.jspecify.annotations.Nullable;

/**
 * Some rows on their way from one operator to the next: columns that are loaded when first asked for, and which rows still
 * count. The selection of a batch only ever shrinks, so a column loaded for an earlier selection serves a later one; going back
 * to a wider one loads again. Reused by its operator; one thread.
 */
public final class Batch {
    /** Most rows in a batch. */
    public static final int CAPACITY = BatchCursor.MAX_ROWS;

    /** Loads columns. */
    @FunctionalInterface
    public interface Loader {
        /**
         * Loads a column.
         *
         * @param rows numbers of the rows wanted, ascending; null for the first {@code count}
         */
        Vector load(int slot, int @Nullable [] rows, int count);
    }

    private final Loader loader;
    private final @Nullable Vector[] columns;
    /** For how many selected rows each column was loaded. */
    private final int[] loaded;

    private int @Nullable [] rows;
    private int count;

    public Batch(int width, Loader loader) {
        this.loader = loader;
        this.columns = new Vector[width];
        this.loaded = new int[width];
    }

    public int width() {
        return columns.length;
    }

    /** Starts anew with rows 0 to size - 1. */
    public void begin(int size) {
        begin(null, size);
    }

    /** Starts anew with some rows. */
    public void begin(int @Nullable [] selected, int size) {
        java.util.Arrays.fill(loaded, 0);
        rows = selected;
        count = size;
    }

    /** Numbers of the rows that count, ascending; null for the first {@link #count}. */
    public int @Nullable [] rows() {
        return rows;
    }

    public int count() {
        return count;
    }

    /** Number of the i-th row that counts. */
    public int row(int i) {
        int[] selected = rows;
        return selected == null ? i : selected[i];
    }

    /** Changes which rows count; the array stays the caller's and unchanged as long as this batch is in use. */
    public void select(int @Nullable [] selected, int size) {
        rows = selected;
        count = size;
    }

    /** A column, filled at least for the rows that count. */
    public Vector column(int slot) {
        Vector column = columns[slot];
        if (column == null || loaded[slot] < count) {
            column = loader.load(slot, rows, count);
            columns[slot] = column;
            loaded[slot] = count;
        }
        return column;
    }
}
