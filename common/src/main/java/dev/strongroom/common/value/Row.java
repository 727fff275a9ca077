package dev.strongroom.common.value;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code width} slots without boxing: each slot is a {@code long}, a {@code double} kept as its bits, or an object,
 * plus a null flag. Which it is, the column's type says ({@link dev.strongroom.common.type.PgType#storage()}); the row itself
 * does not know. Rows are mutable and reused: whoever keeps one beyond the next call copies it. Not thread-safe.
 */
public final class Row {
    private final long[] longs;
    private final @Nullable Object[] refs;
    private final boolean[] nulls;

    /** A row of {@code width} slots, all null. */
    public Row(int width) {
        longs = new long[width];
        refs = new Object[width];
        nulls = new boolean[width];
        Arrays.fill(nulls, true);
    }

    public int width() {
        return nulls.length;
    }

    public boolean isNull(int slot) {
        return nulls[slot];
    }

    /** Value of a slot held as a long; undefined for a null slot. */
    public long getLong(int slot) {
        return longs[slot];
    }

    public double getDouble(int slot) {
        return Double.longBitsToDouble(longs[slot]);
    }

    public boolean getBoolean(int slot) {
        return longs[slot] != 0;
    }

    /** Object of a slot held as an object; null exactly where the slot is null. */
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <T> T getRef(int slot) {
        @SuppressWarnings("unchecked")
        T value = (T) refs[slot];
        return value;
    }

    public void setNull(int slot) {
        nulls[slot] = true;
        refs[slot] = null;
    }

    public void setLong(int slot, long value) {
        nulls[slot] = false;
        longs[slot] = value;
    }

    public void setDouble(int slot, double value) {
        nulls[slot] = false;
        longs[slot] = Double.doubleToRawLongBits(value);
    }

    public void setBoolean(int slot, boolean value) {
        nulls[slot] = false;
        longs[slot] = value ? 1 : 0;
    }

    /** Stores an object; a null object makes the slot null. */
    public void setRef(int slot, @Nullable Object value) {
        nulls[slot] = value == null;
        refs[slot] = value;
    }

    /** Copies one slot of another row, whatever its type. */
    public void copySlot(int slot, Row from, int fromSlot) {
        nulls[slot] = from.nulls[fromSlot];
        longs[slot] = from.longs[fromSlot];
        refs[slot] = from.refs[fromSlot];
    }

    /** Copies {@code count} slots of another row. */
    public void copySlots(int slot, Row from, int fromSlot, int count) {
        System.arraycopy(from.nulls, fromSlot, nulls, slot, count);
        System.arraycopy(from.longs, fromSlot, longs, slot, count);
        System.arraycopy(from.refs, fromSlot, refs, slot, count);
    }

    public void clear() {
        Arrays.fill(nulls, true);
        Arrays.fill(refs, null);
    }

    /** An independent copy; the objects in it are immutable and shared. */
    public Row copy() {
        Row copy = new Row(nulls.length);
        copy.copySlots(0, this, 0, nulls.length);
        return copy;
    }
}
