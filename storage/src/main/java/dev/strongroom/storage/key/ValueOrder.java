package dev.strongroom.storage.key;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import java.util.UUID;

/**
 * Order-preserving bytes of single values, PostgreSQL's btree order of each type: NaN greatest, -0 equal to 0, bpchar without
 * trailing blanks, intervals by their comparison value. Every encoding ends by itself: none is a prefix of another.
 */
final class ValueOrder {
    private ValueOrder() {}

    static void encodeLong(PgType type, long value, KeyBuffer into) {
        switch (type.length()) {
            case 1 -> into.putByte(value == 0 ? 0 : 1);
            case 2 -> {
                checkRange(value == (short) value, type);
                into.putShort((short) value ^ 0x8000);
            }
            case 4 -> {
                if (type.equals(PgType.INT4) || type.equals(PgType.DATE)) {
                    checkRange(value == (int) value, type);
                    into.putInt((int) value ^ 0x8000_0000);
                } else {
                    into.putInt((int) value);
                }
            }
            default -> into.putLong(value ^ Long.MIN_VALUE);
        }
    }

    static void encodeDouble(double value, KeyBuffer into) {
        // Adding 0.0 turns -0.0 into 0.0; doubleToLongBits makes every NaN the same one, above infinity.
        long bits = Double.doubleToLongBits(value + 0.0);
        into.putLong(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE);
    }

    static void encodeObject(PgType type, Object value, KeyBuffer into) {
        switch (value) {
            case String text -> into.putText(text, type.equals(PgType.BPCHAR) ? unpaddedLength(text) : text.length());
            case byte[] bytes -> into.putEscaped(bytes, bytes.length);
            case UUID uuid -> {
                into.putLong(uuid.getMostSignificantBits());
                into.putLong(uuid.getLeastSignificantBits());
            }
            default ->
                throw new DatabaseException(
                        ErrorCode.FEATURE_NOT_SUPPORTED, "index on type " + type.name() + " is not supported yet");
        }
    }

    private static void checkRange(boolean inside, PgType type) {
        if (!inside) {
            throw new DatabaseException(
                    ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range for type " + type.name());
        }
    }

    private static int unpaddedLength(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return end;
    }
}
