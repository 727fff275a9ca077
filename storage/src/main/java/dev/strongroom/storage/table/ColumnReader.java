package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;
import dev.strongroom.common.value.Vector;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Decodes one column of many rows in {@link RowCodec}'s format into a vector. One thread. */
final class ColumnReader {
    private static final int LONGEST_DECIMAL = 10;
    private static final int SCALE_SPECIAL = 0xFFFD;
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG_SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG_LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final RowCodec codec;
    private final RowCodec.LargeValues large;
    private final Row scratch;
    private final int[] one = new int[1];

    ColumnReader(RowCodec codec, RowCodec.LargeValues large) {
        this.codec = codec;
        this.large = large;
        this.scratch = new Row(codec.types.length);
    }

    /** Loads a column row by row: for rows of several schema steps, or kept out of line as a whole. */
    void loadEach(byte[] bytes, int[] starts, int slot, Vector into, int @Nullable [] rows, int count) {
        into.reset(Vector.formOf(codec.types[slot]));
        one[0] = slot;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            codec.decode(bytes, starts[row], one, large, scratch);
            into.copyFrom(scratch, slot, row);
        }
    }

    /**
     * Loads a column of rows that all have one schema step and lie in the array.
     *
     * @param starts where each row starts
     */
    void load(byte[] bytes, int[] starts, int step, int slot, Vector into, int @Nullable [] rows, int count) {
        int stored = codec.countOfStep[step];
        if (slot >= stored) {
            loadEach(bytes, starts, slot, into, rows, count);
            return;
        }
        int fixed = RowCodec.HEADER + (stored + 7 >> 3);
        int at = fixed + codec.place[slot];
        into.reset(Vector.formOf(codec.types[slot]));
        nulls(bytes, starts, slot, into, rows, count);
        switch (codec.kinds[slot]) {
            case BYTE, SHORT -> narrow(bytes, starts, at, codec.kinds[slot], into.longs(), rows, count);
            case INT -> ints(bytes, starts, at, -1L, into.longs(), rows, count);
            case UNSIGNED -> ints(bytes, starts, at, 0xFFFF_FFFFL, into.longs(), rows, count);
            case LONG -> longs(bytes, starts, at, into.longs(), rows, count);
            case FLOAT, DOUBLE -> doubles(bytes, starts, at, codec.kinds[slot], into.doubles(), rows, count);
            case FIXED_OBJECT -> loadEach(bytes, starts, slot, into, rows, count);
            case VARYING -> {
                int table = fixed + codec.fixedWidth[stored];
                boolean loaded = codec.types[slot].oid() == 1700
                        ? decimals(bytes, starts, table, stored, slot, into, rows, count)
                        : ValueBytes.isText(codec.types[slot])
                                && ranges(bytes, starts, table, stored, slot, into, rows, count);
                if (!loaded) {
                    loadEach(bytes, starts, slot, into, rows, count);
                }
            }
        }
    }

    private static void nulls(byte[] bytes, int[] starts, int slot, Vector into, int @Nullable [] rows, int count) {
        int at = RowCodec.HEADER + (slot >> 3);
        int bit = 1 << (slot & 7);
        int any = 0;
        for (int i = 0; i < count; i++) {
            any |= bytes[starts[rows == null ? i : rows[i]] + at];
        }
        if ((any & bit) == 0) {
            return;
        }
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            if ((bytes[starts[row] + at] & bit) != 0) {
                into.setNull(row);
            }
        }
    }

    private static void narrow(
            byte[] bytes, int[] starts, int at, RowCodec.Kind kind, long[] into, int @Nullable [] rows, int count) {
        boolean isByte = kind == RowCodec.Kind.BYTE;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            int from = starts[row] + at;
            into[row] = isByte ? bytes[from] : (short) SHORTS.get(bytes, from);
        }
    }

    private static void ints(
            byte[] bytes, int[] starts, int at, long mask, long[] into, int @Nullable [] rows, int count) {
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            into[row] = (int) INTS.get(bytes, starts[row] + at) & mask;
        }
    }

    private static void longs(byte[] bytes, int[] starts, int at, long[] into, int @Nullable [] rows, int count) {
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            into[row] = (long) LONGS.get(bytes, starts[row] + at);
        }
    }

    private static void doubles(
            byte[] bytes, int[] starts, int at, RowCodec.Kind kind, double[] into, int @Nullable [] rows, int count) {
        boolean single = kind == RowCodec.Kind.FLOAT;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            int from = starts[row] + at;
            into[row] = single
                    ? Float.intBitsToFloat((int) INTS.get(bytes, from))
                    : Double.longBitsToDouble((long) LONGS.get(bytes, from));
        }
    }

    /** Loads text as ranges; false if a value is kept out of line. */
    private boolean ranges(
            byte[] bytes,
            int[] starts,
            int table,
            int stored,
            int slot,
            Vector into,
            int @Nullable [] rows,
            int count) {
        boolean[] nulls = into.nulls();
        into.reset(Vector.Form.BYTES).heap(bytes);
        nulls(bytes, starts, slot, into, rows, count);
        long[] ranges = into.longs();
        int number = codec.place[slot];
        int entry = table + 2 * number;
        int values = table + 2 * codec.varyingCount[stored];
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            int start = starts[row];
            int end = (short) SHORTS.get(bytes, start + entry);
            int from = number == 0 ? 0 : (short) SHORTS.get(bytes, start + entry - 2) & (RowCodec.LARGE_MARK - 1);
            if (end < 0 && !nulls[row]) {
                return false;
            }
            ranges[row] = Vector.range(start + values + from, (end & RowCodec.LARGE_MARK - 1) - from);
        }
        return true;
    }

    /** Loads numerics as decimals; false if they are not all finite, short and of one scale. */
    private boolean decimals(
            byte[] bytes,
            int[] starts,
            int table,
            int stored,
            int slot,
            Vector into,
            int @Nullable [] rows,
            int count) {
        boolean[] nulls = into.nulls();
        into.reset(Vector.Form.DECIMALS);
        nulls(bytes, starts, slot, into, rows, count);
        long[] unscaled = into.longs();
        int number = codec.place[slot];
        int entry = table + 2 * number;
        int values = table + 2 * codec.varyingCount[stored];
        int scale = -1;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            if (nulls[row]) {
                continue;
            }
            int start = starts[row];
            int end = (short) SHORTS.get(bytes, start + entry);
            int from = number == 0 ? 0 : (short) SHORTS.get(bytes, start + entry - 2) & (RowCodec.LARGE_MARK - 1);
            int length = end - from;
            if (end < 0 || length > LONGEST_DECIMAL || length <= 2) {
                return false;
            }
            int at = start + values + from;
            int digits = (short) BIG_SHORTS.get(bytes, at) & 0xFFFF;
            if (digits != scale) {
                if (scale >= 0 || digits >= SCALE_SPECIAL) {
                    return false;
                }
                scale = digits;
            }
            // The last eight bytes, sign-extended from those that belong to the value; a row's header lies before.
            int shift = 8 * (LONGEST_DECIMAL - length);
            unscaled[row] = (long) BIG_LONGS.get(bytes, at + length - 8) << shift >> shift;
        }
        into.scale(Math.max(scale, 0));
        return true;
    }
}
