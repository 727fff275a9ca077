package dev.strongroom.storage.table;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Storage;
import dev.strongroom.common.value.Row;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows as bytes. Which columns a row has follows from its schema step: columns are only ever added at the end.
///
/// ```text
/// offset  size  content, numbers little-endian
/// 0       1     flags: 1 deleted (nothing follows the header), 2 the writer inserted, deleted or changed a unique key,
///               4 some value is out of line, 8 the rest of the row is out of line
/// 1       6     writer transaction
/// 7       1     schema step
/// 8             null bitmap, one bit per column, 1 = null
///               fixed part: columns of a fixed size, null or not, one after the other
///               ends of varying columns (2 each): low 15 bits from the start of the varying part, top bit = out of
/// line
///               varying part; a value out of line is its number (8) and its stored length (4, top bit = compressed)
/// ```
///
/// Thread-safe. Decoding allocates nothing for fixed-size columns held as numbers.
public final class RowCodec {
    static final int DELETED = 1;
    static final int KEYS_CHANGED = 2;
    static final int HAS_LARGE = 4;
    static final int OUT_OF_LINE = 8;
    static final int WRITER = 1;
    static final int STEP = WRITER + 6;
    static final int HEADER = STEP + 1;
    static final int LARGE_REFERENCE = 12;
    /** In a reference's length: the value is stored compressed. */
    private static final int PACKED = 1 << 31;

    /** Longest entry, key and row, inside a node (decision S-12). */
    static final int MAX_ENTRY = 2700;

    static final int LARGE_MARK = 0x8000;
    private static final long WRITER_MASK = (1L << 48) - 1;
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    final List<ColumnLayout> columns;
    final PgType[] types;
    final Kind[] kinds;
    private final int step;
    /** Columns by schema step. */
    final int[] countOfStep = new int[256];
    /** Where column i starts in the fixed part; for a varying one, its number among these. */
    final int[] place;
    /** Of the first n columns. */
    final int[] fixedWidth;

    final int[] varyingCount;

    enum Kind {
        BYTE,
        SHORT,
        INT,
        UNSIGNED,
        LONG,
        FLOAT,
        DOUBLE,
        FIXED_OBJECT,
        VARYING
    }

    public RowCodec(TableLayout layout) {
        columns = layout.columns();
        step = layout.schemaStep();
        int count = columns.size();
        types = new PgType[count];
        kinds = new Kind[count];
        place = new int[count];
        fixedWidth = new int[count + 1];
        varyingCount = new int[count + 1];
        for (int slot = 0; slot < count; slot++) {
            types[slot] = columns.get(slot).type();
            kinds[slot] = kind(types[slot]);
            int width = width(slot);
            place[slot] = width > 0 ? fixedWidth[slot] : varyingCount[slot];
            fixedWidth[slot + 1] = fixedWidth[slot] + width;
            varyingCount[slot + 1] = varyingCount[slot] + (width > 0 ? 0 : 1);
        }
        int stored = 0;
        for (int at = 0; at < countOfStep.length; at++) {
            while (stored < count && columns.get(stored).sinceStep() <= at) {
                stored++;
            }
            countOfStep[at] = stored;
        }
    }

    private static Kind kind(PgType type) {
        return switch (type.storage()) {
            case LONG ->
                switch (type.length()) {
                    case 1 -> Kind.BYTE;
                    case 2 -> Kind.SHORT;
                    case 4 -> type.equals(PgType.INT4) || type.equals(PgType.DATE) ? Kind.INT : Kind.UNSIGNED;
                    default -> Kind.LONG;
                };
            case DOUBLE -> type.length() == 4 ? Kind.FLOAT : Kind.DOUBLE;
            case REF -> ValueBytes.fixedSize(type) > 0 ? Kind.FIXED_OBJECT : Kind.VARYING;
        };
    }

    private int width(int slot) {
        return switch (kinds[slot]) {
            case BYTE -> 1;
            case SHORT -> 2;
            case INT, UNSIGNED, FLOAT -> 4;
            case LONG, DOUBLE -> 8;
            case FIXED_OBJECT -> ValueBytes.fixedSize(types[slot]);
            case VARYING -> 0;
        };
    }

    // ---- header ----

    static long writer(byte[] row, int at) {
        return (long) LONGS.get(row, at) >>> 8 & WRITER_MASK;
    }

    /** Writer in the first eight bytes of a row. */
    static long writer(long header) {
        return header >>> 8 & WRITER_MASK;
    }

    static boolean isDeleted(byte[] row) {
        return (row[0] & DELETED) != 0;
    }

    static void stamp(byte[] row, long writer, int flags) {
        long header = (row[0] & 0xFFL) | flags | writer << 8 | (long) row[STEP] << 56;
        LONGS.set(row, 0, header);
    }

    /** A deleted row. */
    static byte[] ghost(long writer) {
        byte[] row = new byte[HEADER];
        stamp(row, writer, DELETED | KEYS_CHANGED);
        return row;
    }

    // ---- encoding ----

    /**
     * Encodes a row whose header is still without writer.
     *
     * @param limit longest result; values beyond it go out of line, the largest first
     */
    byte[] encode(Row row, int limit, LargeValues large) {
        int count = columns.size();
        byte[] @Nullable [] varying = new byte[varyingCount[count]][];
        int size = HEADER + (count + 7 >> 3) + fixedWidth[count] + 2 * varying.length;
        for (int slot = 0; slot < count; slot++) {
            if (kinds[slot] == Kind.VARYING && !row.isNull(slot)) {
                byte[] bytes = ValueBytes.encode(types[slot], row.getRef(slot));
                varying[place[slot]] = bytes;
                size += bytes.length;
            }
        }
        boolean[] outside = new boolean[varying.length];
        boolean anyOutside = false;
        while (size > limit) {
            int largest = largest(varying, outside);
            if (largest < 0) {
                break;
            }
            byte[] bytes = varying[largest];
            assert bytes != null;
            size += LARGE_REFERENCE - bytes.length;
            varying[largest] = store(bytes, large);
            outside[largest] = true;
            anyOutside = true;
        }
        byte[] result = write(row, varying, outside, size);
        result[STEP] = (byte) step;
        result[0] = (byte) (anyOutside ? HAS_LARGE : 0);
        return size > limit ? wholeOutOfLine(result, large) : result;
    }

    private static byte[] wholeOutOfLine(byte[] row, LargeValues large) {
        byte[] rest = Arrays.copyOfRange(row, HEADER, row.length);
        byte[] result = Arrays.copyOf(row, HEADER + LARGE_REFERENCE);
        System.arraycopy(store(rest, large), 0, result, HEADER, LARGE_REFERENCE);
        result[0] |= OUT_OF_LINE | HAS_LARGE;
        return result;
    }

    private static int largest(byte[] @Nullable [] varying, boolean[] outside) {
        int largest = -1;
        int length = 4 * LARGE_REFERENCE;
        for (int i = 0; i < varying.length; i++) {
            byte[] bytes = varying[i];
            if (bytes != null && !outside[i] && bytes.length > length) {
                largest = i;
                length = bytes.length;
            }
        }
        return largest;
    }

    /** Writes a value out of line, compressed if that helps, and returns its reference: number, stored length, {@link #PACKED}. */
    private static byte[] store(byte[] value, LargeValues large) {
        byte[] stored = LargeValueCompression.pack(value);
        byte[] reference = new byte[LARGE_REFERENCE];
        LONGS.set(reference, 0, large.write(stored));
        INTS.set(reference, 8, stored == value ? value.length : stored.length | PACKED);
        return reference;
    }

    /** The value a reference stands for. */
    private static byte[] load(byte[] row, int at, LargeValues large) {
        int length = (int) INTS.get(row, at + 8);
        byte[] stored = large.read((long) LONGS.get(row, at), length & ~PACKED);
        return (length & PACKED) == 0 ? stored : LargeValueCompression.unpack(stored);
    }

    private byte[] write(Row row, byte[] @Nullable [] varying, boolean[] outside, int size) {
        int count = columns.size();
        byte[] result = new byte[size];
        int fixed = HEADER + (count + 7 >> 3);
        int table = fixed + fixedWidth[count];
        int start = table + 2 * varying.length;
        for (int slot = 0; slot < count; slot++) {
            if (row.isNull(slot)) {
                result[HEADER + (slot >> 3)] |= (byte) (1 << (slot & 7));
            } else if (kinds[slot] != Kind.VARYING) {
                writeFixed(row, slot, result, fixed + place[slot]);
            }
        }
        int end = 0;
        for (int i = 0; i < varying.length; i++) {
            byte[] bytes = varying[i];
            if (bytes != null) {
                System.arraycopy(bytes, 0, result, start + end, bytes.length);
                end += bytes.length;
            }
            // A row too long for 15-bit ends goes out of line only after its values have; see largest().
            SHORTS.set(result, table + 2 * i, (short) (end | (outside[i] ? LARGE_MARK : 0)));
        }
        if (end >= LARGE_MARK) {
            throw TransactionErrors.rowTooLong(end);
        }
        return result;
    }

    private void writeFixed(Row row, int slot, byte[] to, int at) {
        switch (kinds[slot]) {
            case BYTE -> to[at] = (byte) row.getLong(slot);
            case SHORT -> SHORTS.set(to, at, (short) row.getLong(slot));
            case INT, UNSIGNED -> INTS.set(to, at, (int) row.getLong(slot));
            case LONG -> LONGS.set(to, at, row.getLong(slot));
            case FLOAT -> INTS.set(to, at, Float.floatToRawIntBits((float) row.getDouble(slot)));
            case DOUBLE -> LONGS.set(to, at, Double.doubleToRawLongBits(row.getDouble(slot)));
            case FIXED_OBJECT -> ValueBytes.encodeFixed(row.getRef(slot), to, at);
            case VARYING -> throw new IllegalStateException();
        }
    }

    // ---- decoding ----

    /**
     * Loads columns of a row.
     *
     * @param wanted slots, or null for all
     */
    void decode(byte[] row, int at, int @Nullable [] wanted, LargeValues large, Row into) {
        byte[] bytes = row;
        int base = at;
        if ((row[at] & OUT_OF_LINE) != 0) {
            byte[] rest = load(row, at + HEADER, large);
            bytes = new byte[HEADER + rest.length];
            System.arraycopy(row, at, bytes, 0, HEADER);
            System.arraycopy(rest, 0, bytes, HEADER, rest.length);
            base = 0;
        }
        int stored = countOfStep[bytes[base + STEP] & 0xFF];
        if (wanted == null) {
            for (int slot = 0; slot < types.length; slot++) {
                decodeSlot(bytes, base, stored, slot, large, into);
            }
        } else {
            for (int slot : wanted) {
                decodeSlot(bytes, base, stored, slot, large, into);
            }
        }
    }

    private void decodeSlot(byte[] row, int base, int stored, int slot, LargeValues large, Row into) {
        if (slot >= stored) {
            missing(slot, into);
            return;
        }
        if ((row[base + HEADER + (slot >> 3)] & 1 << (slot & 7)) != 0) {
            into.setNull(slot);
            return;
        }
        int fixed = base + HEADER + (stored + 7 >> 3);
        int at = fixed + place[slot];
        switch (kinds[slot]) {
            case BYTE -> into.setLong(slot, row[at]);
            case SHORT -> into.setLong(slot, (short) SHORTS.get(row, at));
            case INT -> into.setLong(slot, (int) INTS.get(row, at));
            case UNSIGNED -> into.setLong(slot, (int) INTS.get(row, at) & 0xFFFF_FFFFL);
            case LONG -> into.setLong(slot, (long) LONGS.get(row, at));
            case FLOAT -> into.setDouble(slot, Float.intBitsToFloat((int) INTS.get(row, at)));
            case DOUBLE -> into.setDouble(slot, Double.longBitsToDouble((long) LONGS.get(row, at)));
            case FIXED_OBJECT -> into.setRef(slot, ValueBytes.decodeFixed(types[slot], row, at));
            case VARYING -> decodeVarying(row, fixed + fixedWidth[stored], stored, slot, large, into);
        }
    }

    private void decodeVarying(byte[] row, int table, int stored, int slot, LargeValues large, Row into) {
        int number = place[slot];
        int start = table + 2 * varyingCount[stored];
        int from = number == 0 ? 0 : (short) SHORTS.get(row, table + 2 * number - 2) & (LARGE_MARK - 1);
        int mark = (short) SHORTS.get(row, table + 2 * number);
        int to = mark & (LARGE_MARK - 1);
        if ((mark & LARGE_MARK) != 0) {
            byte[] value = load(row, start + from, large);
            into.setRef(slot, ValueBytes.decode(types[slot], value, 0, value.length));
        } else if (ValueBytes.isText(types[slot])) {
            into.setRef(slot, new String(row, start + from, to - from, StandardCharsets.UTF_8));
        } else {
            into.setRef(slot, ValueBytes.decode(types[slot], row, start + from, to - from));
        }
    }

    private void missing(int slot, Row into) {
        Object value = columns.get(slot).missing();
        if (value == null) {
            into.setNull(slot);
        } else if (types[slot].storage() == Storage.LONG) {
            into.setLong(slot, (Long) value);
        } else if (types[slot].storage() == Storage.DOUBLE) {
            into.setDouble(slot, (Double) value);
        } else {
            into.setRef(slot, value);
        }
    }

    /** Numbers of the values a row keeps out of line. */
    long[] largeValues(byte[] row, LargeValues large) {
        if ((row[0] & HAS_LARGE) == 0) {
            return new long[0];
        }
        byte[] bytes = row;
        long[] found = new long[types.length + 1];
        int size = 0;
        if ((row[0] & OUT_OF_LINE) != 0) {
            found[size++] = (long) LONGS.get(row, HEADER);
            byte[] rest = load(row, HEADER, large);
            bytes = Arrays.copyOf(row, HEADER + rest.length);
            System.arraycopy(rest, 0, bytes, HEADER, rest.length);
        }
        int stored = countOfStep[bytes[STEP] & 0xFF];
        int table = HEADER + (stored + 7 >> 3) + fixedWidth[stored];
        int start = table + 2 * varyingCount[stored];
        int from = 0;
        for (int number = 0; number < varyingCount[stored]; number++) {
            int mark = (short) SHORTS.get(bytes, table + 2 * number);
            if ((mark & LARGE_MARK) != 0) {
                found[size++] = (long) LONGS.get(bytes, start + from);
            }
            from = mark & (LARGE_MARK - 1);
        }
        return Arrays.copyOf(found, size);
    }

    /** Where values too long for a row are kept. */
    interface LargeValues {
        /** Stores a value and returns its number. */
        long write(byte[] value);

        byte[] read(long valueId, int length);
    }
}
