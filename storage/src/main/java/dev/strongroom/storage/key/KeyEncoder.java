package dev.strongroom.storage.key;

import dev.strongroom.common.value.Row;
import java.util.List;

/// Encodes the key columns of one index. Thread-safe, allocates only the key.
///
/// ```
/// per column:  01            null, nulls first
///              02 value      complemented after the 02 if descending
///              03            null, nulls last
/// ```
///
/// No column's encoding is a prefix of another value's, so the encoding of the first columns is a prefix of exactly the
/// keys
/// that share these values.
public final class KeyEncoder {
    /** Longest key of a table or index, primary key included (decision S-12). */
    public static final int MAXIMUM_LENGTH = 1000;

    private static final int NULL_FIRST = 1;
    private static final int VALUE = 2;
    private static final int NULL_LAST = 3;

    private final KeyColumn[] columns;

    public KeyEncoder(List<KeyColumn> columns) {
        this.columns = columns.toArray(KeyColumn[]::new);
    }

    public int columns() {
        return columns.length;
    }

    /** Appends the key of a row of the table's shape. */
    public void encode(Row row, KeyBuffer into) {
        for (KeyColumn column : columns) {
            encode(column, row, column.slot(), into);
        }
    }

    /** The key of a row of the table's shape. */
    public byte[] encode(Row row) {
        KeyBuffer buffer = new KeyBuffer(columns.length * 12);
        encode(row, buffer);
        return buffer.toArray();
    }

    /** Key of the first columns, from a row whose slot i holds key column i. */
    public byte[] prefix(Row values, int count) {
        KeyBuffer buffer = new KeyBuffer(count * 12);
        for (int i = 0; i < count; i++) {
            encode(columns[i], values, i, buffer);
        }
        return buffer.toArray();
    }

    /** Whether a key column of a row of the table's shape is null. */
    public boolean hasNull(Row row) {
        for (KeyColumn column : columns) {
            if (row.isNull(column.slot())) {
                return true;
            }
        }
        return false;
    }

    /** The smallest bytes greater than everything that starts with the prefix, or an empty array if there is none. */
    public static byte[] successor(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xFF) {
                byte[] next = java.util.Arrays.copyOf(prefix, i + 1);
                next[i]++;
                return next;
            }
        }
        return new byte[0];
    }

    private static void encode(KeyColumn column, Row row, int slot, KeyBuffer into) {
        if (row.isNull(slot)) {
            into.putByte(column.nullsFirst() ? NULL_FIRST : NULL_LAST);
            return;
        }
        into.putByte(VALUE);
        int start = into.length();
        switch (column.type().storage()) {
            case LONG -> ValueOrder.encodeLong(column.type(), row.getLong(slot), into);
            case DOUBLE -> ValueOrder.encodeDouble(row.getDouble(slot), into);
            case REF -> ValueOrder.encodeObject(column.type(), row.getRef(slot), into);
        }
        if (column.descending()) {
            into.complementFrom(start);
        }
    }
}
