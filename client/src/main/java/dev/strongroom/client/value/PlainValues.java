package dev.strongroom.client.value;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Java values to the bytes that are encrypted, and these to PostgreSQL's text form, for every type of reference section
 * 5.2. A value is converted to the column's type first, as PostgreSQL's assignment casts would (AE-93), so it does not
 * matter which setter the application used.
 */
public final class PlainValues {
    private static final int UUID_BYTES = 16;
    private static final int LONG_BYTES = 8;

    private PlainValues() {}

    /**
     * The plaintext of a value for a column.
     *
     * @param deterministic whether equal values must give equal bytes (matters for floats only)
     * @param given the value
     * @param zone the session's time zone
     */
    public static Plain write(ColumnType type, boolean deterministic, Usage usage, Object given, ZoneId zone)
            throws ColumnEncryptionException {
        Fit fit = new Fit(usage);
        Object value = given instanceof Untyped untyped ? untypedFor(type, untyped) : given;
        byte[] bytes = switch (type.oid()) {
            case ColumnType.BOOL ->
                Numbers.littleEndian(LONG_BYTES)
                        .putLong(Numbers.truth(value) ? 1 : 0)
                        .array();
            case ColumnType.INT2 -> Numbers.wholeBytes(value, Short.MIN_VALUE, Short.MAX_VALUE, "smallint", fit);
            case ColumnType.INT4 -> Numbers.wholeBytes(value, Integer.MIN_VALUE, Integer.MAX_VALUE, "integer", fit);
            case ColumnType.INT8 -> Numbers.wholeBytes(value, Long.MIN_VALUE, Long.MAX_VALUE, "bigint", fit);
            case ColumnType.NUMERIC ->
                type.rule() == ColumnType.RULE_BINARY
                        ? Numbers.decimalBytes(value, type, fit)
                        : Texts.utf8(Numbers.decimalText(value, type, fit));
            case ColumnType.FLOAT4 -> Numbers.floatBytes(value, deterministic, fit);
            case ColumnType.FLOAT8 -> Numbers.doubleBytes(value, deterministic, fit);
            case ColumnType.TEXT, ColumnType.VARCHAR -> Texts.variable(value, type, zone, fit);
            case ColumnType.BPCHAR -> Texts.padded(value, type, zone, fit);
            case ColumnType.BYTEA -> bytea(value);
            case ColumnType.DATE -> Times.dateBytes(value, zone, fit);
            case ColumnType.TIME -> Times.timeBytes(value, type, zone, fit);
            case ColumnType.TIMESTAMP -> Times.timestampBytes(value, type, zone, fit);
            case ColumnType.TIMESTAMPTZ -> Times.timestamptzBytes(value, type, zone, fit);
            case ColumnType.UUID -> uuidBytes(value);
            default -> Texts.utf8(TextForms.canonical(type, value, zone));
        };
        return new Plain(bytes, fit.exact());
    }

    /** A column of text, bytes or a text form reads the text; the others know the value better. */
    private static Object untypedFor(ColumnType type, Untyped untyped) {
        return switch (type.oid()) {
            case ColumnType.BYTEA ->
                untyped.text().startsWith("\\x")
                        ? untyped.text()
                        : untyped.text().getBytes(StandardCharsets.UTF_8);
            case ColumnType.TEXT, ColumnType.VARCHAR, ColumnType.BPCHAR -> untyped.text();
            default -> type.rule() == ColumnType.RULE_TEXT ? untyped.text() : untyped.value();
        };
    }

    /** PostgreSQL's text form of a decrypted plaintext, in UTF-8. */
    public static byte[] read(ColumnType type, byte[] plain, ZoneId zone) throws ColumnEncryptionException {
        return switch (type.oid()) {
            case ColumnType.TEXT, ColumnType.VARCHAR -> plain;
            case ColumnType.BPCHAR -> padded(plain, type);
            case ColumnType.BYTEA -> ("\\x" + HexFormat.of().formatHex(plain)).getBytes(StandardCharsets.US_ASCII);
            default -> readText(type, plain, zone).getBytes(StandardCharsets.UTF_8);
        };
    }

    private static String readText(ColumnType type, byte[] plain, ZoneId zone) throws ColumnEncryptionException {
        return switch (type.oid()) {
            case ColumnType.BOOL -> {
                long number = whole(plain, 0, 1);
                yield number == 1 ? "t" : "f";
            }
            case ColumnType.INT2 -> Long.toString(whole(plain, Short.MIN_VALUE, Short.MAX_VALUE));
            case ColumnType.INT4 -> Long.toString(whole(plain, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case ColumnType.INT8 -> Long.toString(whole(plain, Long.MIN_VALUE, Long.MAX_VALUE));
            case ColumnType.NUMERIC -> {
                if (type.rule() == ColumnType.RULE_TEXT) {
                    yield new String(plain, StandardCharsets.UTF_8);
                }
                require(Numbers.isDecimalLength(plain.length) && (plain[0] == 0 || plain[0] == 1));
                yield Numbers.readDecimal(plain, type.scale());
            }
            case ColumnType.FLOAT4 -> Numbers.readFloat(sized(plain, Float.BYTES));
            case ColumnType.FLOAT8 -> Numbers.readDouble(sized(plain, Double.BYTES));
            case ColumnType.DATE -> Times.readDate(sized(plain, Times.DATE_BYTES), 0);
            case ColumnType.TIME -> Times.readTime(sized(plain, Times.TIME_BYTES));
            case ColumnType.TIMESTAMP -> Times.readTimestamp(sized(plain, Times.TIMESTAMP_BYTES));
            case ColumnType.TIMESTAMPTZ -> Times.readTimestamptz(sized(plain, Times.TIMESTAMPTZ_BYTES), zone);
            case ColumnType.UUID -> readUuid(sized(plain, UUID_BYTES)).toString();
            default -> new String(plain, StandardCharsets.UTF_8);
        };
    }

    private static long whole(byte[] plain, long min, long max) throws ColumnEncryptionException {
        long number = Numbers.readLong(sized(plain, LONG_BYTES));
        require(number >= min && number <= max);
        return number;
    }

    /** A wrong length is an error, not a guess (AE-94). */
    private static byte[] sized(byte[] plain, int bytes) throws ColumnEncryptionException {
        require(plain.length == bytes);
        return plain;
    }

    private static void require(boolean good) throws ColumnEncryptionException {
        if (!good) {
            throw new ColumnEncryptionException(
                    Reason.VALUE_MALFORMED, "decrypted value does not have the form of the column's type");
        }
    }

    private static byte[] padded(byte[] plain, ColumnType type) {
        String text = new String(plain, StandardCharsets.UTF_8);
        int missing = type.characters() - text.codePointCount(0, text.length());
        return missing <= 0 ? plain : (text + " ".repeat(missing)).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytea(Object value) throws ColumnEncryptionException {
        return switch (value) {
            case byte[] bytes -> bytes;
            case String text
            when text.startsWith("\\x") -> {
                try {
                    yield HexFormat.of().parseHex(text.substring(2));
                } catch (IllegalArgumentException e) {
                    throw Fit.unreadable("bytea");
                }
            }
            default -> throw Fit.unsuitable(value, "bytea");
        };
    }

    /** SQL Server's order: the first three fields are little-endian. */
    private static byte[] uuidBytes(Object value) throws ColumnEncryptionException {
        UUID uuid = switch (value) {
            case UUID id -> id;
            case String text -> {
                try {
                    yield UUID.fromString(text.strip());
                } catch (IllegalArgumentException e) {
                    throw Fit.unreadable("uuid");
                }
            }
            default -> throw Fit.unsuitable(value, "uuid");
        };
        long high = uuid.getMostSignificantBits();
        return ByteBuffer.allocate(UUID_BYTES)
                .putInt(Integer.reverseBytes((int) (high >>> 32)))
                .putShort(Short.reverseBytes((short) (high >>> 16)))
                .putShort(Short.reverseBytes((short) high))
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }

    private static UUID readUuid(byte[] plain) {
        ByteBuffer buffer = ByteBuffer.wrap(plain);
        long high = (long) Integer.reverseBytes(buffer.getInt()) << 32;
        high |= (Short.reverseBytes(buffer.getShort()) & 0xffffL) << 16;
        high |= Short.reverseBytes(buffer.getShort()) & 0xffffL;
        return new UUID(high, buffer.getLong());
    }
}
