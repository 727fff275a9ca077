package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.RecordValue;
import dev.strongroom.common.value.Row;
import dev.strongroom.common.value.TimeTz;
import dev.strongroom.storage.temp.TempFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Rows of any shape as bytes, for temporary files: what a slot holds is written with it, so no types are needed.
/// Per slot one byte what it is, then the value:
///
/// ```text
/// 0 null   1 number (8)   2 text   3 bytes   4 numeric   5 array   6 uuid   7 interval   8 timetz
/// 9 record: number of fields (4), per field type OID (4) and the value as a slot
/// ```
///
/// Kinds 2 to 5 have their length (4) first; the value is {@link ValueBytes}'s. One instance belongs to one thread.
public final class RowImage {
    private static final int NULL = 0;
    private static final int NUMBER = 1;
    private static final int TEXT = 2;
    private static final int BYTES = 3;
    private static final int NUMERIC = 4;
    private static final int ARRAY = 5;
    private static final int UUID_KIND = 6;
    private static final int INTERVAL = 7;
    private static final int TIMETZ = 8;
    private static final int RECORD = 9;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Which one does not matter: the value says what it is of. */
    private static final PgType ANY_ARRAY = PgType.byOid(1009).orElseThrow();

    private byte[] bytes = new byte[256];
    private int length;

    /** Appends a row to a file. */
    public void write(Row row, TempFile file) {
        length = 4;
        for (int slot = 0; slot < row.width(); slot++) {
            Object value = row.getRef(slot);
            if (row.isNull(slot)) {
                putByte(NULL);
            } else if (value == null) {
                putByte(NUMBER);
                putLong(row.getLong(slot));
            } else {
                putObject(value);
            }
        }
        INTS.set(bytes, 0, length - 4);
        file.write(bytes, 0, length);
    }

    /** Reads the next row of a file into one as wide as it was; false at the end. */
    public boolean read(TempFile.Reader reader, Row into) {
        if (reader.atEnd()) {
            return false;
        }
        reader.read(bytes, 0, 4);
        int size = (int) INTS.get(bytes, 0);
        if (size > bytes.length) {
            bytes = new byte[Math.max(size, 2 * bytes.length)];
        }
        reader.read(bytes, 0, size);
        length = 0;
        for (int slot = 0; slot < into.width(); slot++) {
            int kind = bytes[length++];
            switch (kind) {
                case NULL -> into.setNull(slot);
                case NUMBER -> into.setLong(slot, takeLong());
                default -> into.setRef(slot, takeObject(kind));
            }
        }
        return true;
    }

    private void room(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
    }

    private void putByte(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    private void putInt(int value) {
        room(4);
        INTS.set(bytes, length, value);
        length += 4;
    }

    private void putLong(long value) {
        room(8);
        LONGS.set(bytes, length, value);
        length += 8;
    }

    private void putBytes(int kind, byte[] value) {
        putByte(kind);
        putInt(value.length);
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    private void putObject(Object value) {
        switch (value) {
            case String text -> putBytes(TEXT, text.getBytes(StandardCharsets.UTF_8));
            case byte[] data -> putBytes(BYTES, data);
            case Numeric numeric -> putBytes(NUMERIC, ValueBytes.encode(PgType.NUMERIC, numeric));
            case PgArray array -> putBytes(ARRAY, ValueBytes.encode(PgType.TEXT, array));
            case UUID uuid -> putFixed(UUID_KIND, uuid, 16);
            case Interval interval -> putFixed(INTERVAL, interval, 16);
            case TimeTz time -> putFixed(TIMETZ, time, 12);
            case RecordValue fields -> putRecord(fields);
            default ->
                throw new DatabaseException(
                        ErrorCode.FEATURE_NOT_SUPPORTED,
                        "a temporary file with a " + value.getClass().getSimpleName() + " is not supported yet");
        }
    }

    private void putFixed(int kind, Object value, int size) {
        putByte(kind);
        room(size);
        ValueBytes.encodeFixed(value, bytes, length);
        length += size;
    }

    private void putRecord(RecordValue fields) {
        putByte(RECORD);
        putInt(fields.types().size());
        for (int i = 0; i < fields.types().size(); i++) {
            putInt(fields.types().get(i).oid());
            String name = fields.names().isEmpty() ? "" : fields.names().get(i);
            putBytes(TEXT, name.getBytes(StandardCharsets.UTF_8));
            switch (fields.values()[i]) {
                case null -> putByte(NULL);
                case Long number -> {
                    putByte(NUMBER);
                    putLong(number);
                }
                case Double number -> {
                    putByte(NUMBER);
                    putLong(Double.doubleToRawLongBits(number));
                }
                case Object object -> putObject(object);
            }
        }
    }

    private int takeInt() {
        int value = (int) INTS.get(bytes, length);
        length += 4;
        return value;
    }

    private long takeLong() {
        long value = (long) LONGS.get(bytes, length);
        length += 8;
        return value;
    }

    private Object takeObject(int kind) {
        return switch (kind) {
            case TEXT -> {
                int size = takeInt();
                length += size;
                yield new String(bytes, length - size, size, StandardCharsets.UTF_8);
            }
            case BYTES -> {
                int size = takeInt();
                length += size;
                yield Arrays.copyOfRange(bytes, length - size, length);
            }
            case NUMERIC -> take(PgType.NUMERIC, takeInt());
            case ARRAY -> take(ANY_ARRAY, takeInt());
            case UUID_KIND -> take(PgType.UUID, 16);
            case INTERVAL -> take(PgType.INTERVAL, 16);
            case TIMETZ -> take(PgType.TIMETZ, 12);
            case RECORD -> takeRecord();
            default -> throw new IllegalStateException("value of kind " + kind);
        };
    }

    private Object take(PgType type, int size) {
        length += size;
        return ValueBytes.decode(type, bytes, length - size, size);
    }

    private RecordValue takeRecord() {
        int count = takeInt();
        List<PgType> types = new ArrayList<>();
        List<String> names = new ArrayList<>();
        @Nullable Object[] values = new @Nullable Object[count];
        for (int i = 0; i < count; i++) {
            PgType type = PgType.byOid(takeInt()).orElseThrow();
            types.add(type);
            length++;
            names.add((String) takeObject(TEXT));
            int kind = bytes[length++];
            values[i] = switch (kind) {
                case NULL -> null;
                case NUMBER -> {
                    long number = takeLong();
                    boolean isDouble = type.storage() == dev.strongroom.common.type.Storage.DOUBLE;
                    yield isDouble ? (Object) Double.longBitsToDouble(number) : (Object) number;
                }
                default -> takeObject(kind);
            };
        }
        boolean named = names.stream().anyMatch(name -> !name.isEmpty());
        return new RecordValue(types, named ? names : List.of(), values);
    }
}
