package dev.strongroom.sql.batch.hash;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.Batch;
import org.jspecify.annotations.Nullable;

/** Rows kept as columns. The form of a column is that of the first vector it is filled from. */
public final class ColumnStore {
    private final @Nullable StoredColumn[] columns;
    private int size;

    public ColumnStore(int width) {
        columns = new StoredColumn[width];
    }

    /** How many rows there are. */
    public int size() {
        return size;
    }

    public int width() {
        return columns.length;
    }

    /** Makes a column of a type, which can be compared; before anything is kept. */
    public StoredColumn keyColumn(int slot, PgType type) {
        StoredColumn column = columns[slot];
        if (column == null) {
            column = StoredColumn.of(type);
            columns[slot] = column;
        }
        return column;
    }

    /** Keeps some rows of a batch. */
    public void add(Batch batch, int @Nullable [] rows, int count) {
        if (count == 0) {
            return;
        }
        for (int slot = 0; slot < columns.length; slot++) {
            Vector vector = batch.column(slot);
            StoredColumn column = columns[slot];
            if (column == null) {
                column = StoredColumn.of(vector.form());
                columns[slot] = column;
            }
            column.addAll(vector, rows, count);
        }
        size += count;
    }

    /** Writes a column of kept rows into a vector; positions below zero are null. */
    public void gather(int slot, int[] positions, int count, Vector into) {
        StoredColumn column = columns[slot];
        if (column != null) {
            column.gather(positions, count, into);
            return;
        }
        // Nothing was ever kept: all null, in a vector that has every array.
        into.reset(Vector.Form.LONGS).reset(Vector.Form.DOUBLES).reset(Vector.Form.OBJECTS);
        for (int row = 0; row < count; row++) {
            into.setNull(row);
        }
    }

    /** Bytes held, roughly. */
    public long bytes() {
        long bytes = 0;
        for (StoredColumn column : columns) {
            bytes += column == null ? 0 : column.bytes();
        }
        return bytes;
    }
}
