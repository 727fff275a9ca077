package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.TimeTz;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Stored form of values held as objects.
///
/// ```text
/// text and the like  UTF-8                          bytea, cells   the bytes
/// uuid               16                             interval       microseconds (8), days (4), months (4)
/// timetz             microseconds (8), offset (4)   numeric        scale (2), unscaled two's complement;
///                                                                  scale alone with FFFD, FFFE, FFFF: -infinity,
/// infinity, NaN
/// array              element OID (4), dimensions (1), per dimension length (4) and lower bound (4),
///                    per element its length (4, -1 = null) and bytes (8 for numbers)
/// ```
final class ValueBytes {
    private static final int NEGATIVE_INFINITY = 0xFFFD;
    private static final int INFINITY = 0xFFFE;
    private static final int NAN = 0xFFFF;

    private ValueBytes() {}

    static int fixedSize(PgType type) {
        return switch (type.oid()) {
            case 2950, 1186 -> 16;
            case 1266 -> 12;
            default -> 0;
        };
    }

    static boolean isText(PgType type) {
        return !type.isArray()
                && type.oid() != 17
                && type.oid() != 1700
                && type.oid() != 15801
                && type.oid() != 15802
                && fixedSize(type) == 0;
    }

    static void encodeFixed(Object value, byte[] to, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(to).position(at);
        switch (value) {
            case UUID uuid -> buffer.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
            case Interval interval ->
                buffer.putLong(interval.micros()).putInt(interval.days()).putInt(interval.months());
            case TimeTz time -> buffer.putLong(time.micros()).putInt(time.offsetSeconds());
            default -> throw unsupported(value);
        }
    }

    static Object decodeFixed(PgType type, byte[] from, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(from).position(at);
        return switch (type.oid()) {
            case 2950 -> new UUID(buffer.getLong(), buffer.getLong());
            case 1186 -> {
                long micros = buffer.getLong();
                int days = buffer.getInt();
                yield new Interval(buffer.getInt(), days, micros);
            }
            case 1266 -> new TimeTz(buffer.getLong(), buffer.getInt());
            default -> throw new IllegalStateException(type.name());
        };
    }

    static byte[] encode(PgType type, Object value) {
        return switch (value) {
            case String text -> text.getBytes(StandardCharsets.UTF_8);
            case byte[] bytes -> bytes;
            case Numeric numeric -> encodeNumeric(numeric);
            case PgArray array -> encodeArray(array);
            case UUID uuid -> fixed(type, uuid);
            case Interval interval -> fixed(type, interval);
            case TimeTz time -> fixed(type, time);
            default -> throw unsupported(value);
        };
    }

    private static byte[] fixed(PgType type, Object value) {
        byte[] bytes = new byte[fixedSize(type)];
        encodeFixed(value, bytes, 0);
        return bytes;
    }

    private static byte[] encodeNumeric(Numeric numeric) {
        if (!numeric.isFinite()) {
            int kind = numeric.isNaN() ? NAN : numeric.signum() > 0 ? INFINITY : NEGATIVE_INFINITY;
            return ByteBuffer.allocate(2).putShort((short) kind).array();
        }
        byte[] unscaled = numeric.toBigDecimal().unscaledValue().toByteArray();
        return ByteBuffer.allocate(2 + unscaled.length)
                .putShort((short) numeric.scale())
                .put(unscaled)
                .array();
    }

    private static Numeric decodeNumeric(byte[] from, int at, int length) {
        int scale = (from[at] & 0xFF) << 8 | from[at + 1] & 0xFF;
        return switch (scale) {
            case NAN -> Numeric.NAN;
            case INFINITY -> Numeric.INFINITY;
            case NEGATIVE_INFINITY -> Numeric.NEGATIVE_INFINITY;
            default -> {
                if (length <= 10) {
                    long unscaled = from[at + 2];
                    for (int i = 3; i < length; i++) {
                        unscaled = unscaled << 8 | from[at + i] & 0xFF;
                    }
                    yield Numeric.of(unscaled, scale);
                }
                yield Numeric.of(new BigDecimal(new BigInteger(from, at + 2, length - 2), scale));
            }
        };
    }

    private static byte[] encodeArray(PgArray array) {
        byte[] @Nullable [] elements = new byte[array.size()][];
        int size = 5 + 8 * array.dimensions() + 4 * elements.length;
        for (int i = 0; i < elements.length; i++) {
            Object element = array.elements()[i];
            if (element != null) {
                byte[] bytes = encodeElement(array.elementType(), element);
                elements[i] = bytes;
                size += bytes.length;
            }
        }
        ByteBuffer buffer = ByteBuffer.allocate(size);
        buffer.putInt(array.elementType().oid()).put((byte) array.dimensions());
        for (int i = 0; i < array.dimensions(); i++) {
            buffer.putInt(array.dims()[i]).putInt(array.lowerBounds()[i]);
        }
        for (byte[] element : elements) {
            if (element == null) {
                buffer.putInt(-1);
            } else {
                buffer.putInt(element.length).put(element);
            }
        }
        return buffer.array();
    }

    private static byte[] encodeElement(PgType type, Object element) {
        return switch (element) {
            case Long value -> ByteBuffer.allocate(8).putLong(value).array();
            case Double value -> ByteBuffer.allocate(8).putDouble(value).array();
            default -> encode(type, element);
        };
    }

    private static PgArray decodeArray(byte[] from, int at, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(from, at, length);
        PgType type = PgType.byOid(buffer.getInt()).orElseThrow();
        int dimensions = buffer.get();
        int[] dims = new int[dimensions];
        int[] bounds = new int[dimensions];
        int count = dimensions == 0 ? 0 : 1;
        for (int i = 0; i < dimensions; i++) {
            dims[i] = buffer.getInt();
            bounds[i] = buffer.getInt();
            count *= dims[i];
        }
        @Nullable Object[] elements = new @Nullable Object[count];
        for (int i = 0; i < count; i++) {
            int size = buffer.getInt();
            if (size >= 0) {
                elements[i] = switch (type.storage()) {
                    case LONG -> buffer.getLong();
                    case DOUBLE -> buffer.getDouble();
                    case REF -> {
                        Object element = decode(type, from, buffer.position(), size);
                        buffer.position(buffer.position() + size);
                        yield element;
                    }
                };
            }
        }
        return new PgArray(type, dims, bounds, elements);
    }

    static Object decode(PgType type, byte[] from, int at, int length) {
        if (type.isArray()) {
            return decodeArray(from, at, length);
        }
        return switch (type.oid()) {
            case 17, 15801, 15802 -> java.util.Arrays.copyOfRange(from, at, at + length);
            case 1700 -> decodeNumeric(from, at, length);
            case 2950, 1186, 1266 -> decodeFixed(type, from, at);
            default -> new String(from, at, length, StandardCharsets.UTF_8);
        };
    }

    private static DatabaseException unsupported(Object value) {
        return new DatabaseException(
                ErrorCode.FEATURE_NOT_SUPPORTED,
                "storing a " + value.getClass().getSimpleName() + " is not supported yet");
    }
}
