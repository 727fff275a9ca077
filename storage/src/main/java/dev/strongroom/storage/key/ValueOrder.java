package dev.strongroom.storage.key;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.JsonOrder;
import dev.strongroom.common.type.JsonText;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.TimeTz;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Order-preserving bytes of single values, PostgreSQL's btree order of each type: NaN greatest, -0 equal to 0, bpchar without
 * trailing blanks, intervals by their comparison value. Every encoding ends by itself: none is a prefix of another.
 */
final class ValueOrder {
    private static final int NEGATIVE_INFINITE = 1;
    private static final int NEGATIVE = 2;
    private static final int ZERO = 3;
    private static final int POSITIVE = 4;
    private static final int INFINITE = 5;
    private static final int NAN = 6;
    private static final int ELEMENT = 2;
    private static final int ELEMENT_NULL = 3;

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
            case String text when type.equals(PgType.JSONB) -> encodeJson(text, into);
            case String text -> into.putText(text, type.equals(PgType.BPCHAR) ? unpaddedLength(text) : text.length());
            case byte[] bytes -> into.putEscaped(bytes, bytes.length);
            case UUID uuid -> {
                into.putLong(uuid.getMostSignificantBits());
                into.putLong(uuid.getLeastSignificantBits());
            }
            case Numeric numeric -> encodeNumeric(numeric, into);
            case Interval interval -> {
                into.putLong(interval.wholeDays() ^ Long.MIN_VALUE);
                into.putLong(interval.restMicros());
            }
            case TimeTz time -> {
                into.putLong(time.utcMicros() ^ Long.MIN_VALUE);
                into.putInt(-time.offsetSeconds() ^ 0x8000_0000);
            }
            case PgArray array -> encodeArray(array, into);
            default ->
                throw new DatabaseException(
                        ErrorCode.FEATURE_NOT_SUPPORTED, "index on type " + type.name() + " is not supported yet");
        }
    }

    private static void encodeJson(String text, KeyBuffer into) {
        Object tree = JsonText.tree(text);
        into.putByte(JsonOrder.topRank(tree));
        encodeJsonTree(tree, into);
    }

    private static void encodeJsonTree(@Nullable Object tree, KeyBuffer into) {
        into.putByte(JsonOrder.rank(tree));
        switch (tree) {
            case null -> {}
            case String text -> into.putText(text, text.length());
            case Numeric number -> encodeNumeric(number, into);
            case Boolean truth -> into.putByte(truth ? 1 : 0);
            case List<?> array -> {
                into.putInt(array.size());
                array.forEach(element -> encodeJsonTree(element, into));
            }
            case Map<?, ?> object -> {
                into.putInt(object.size());
                object.forEach((key, value) -> {
                    String name = (String) key;
                    into.putText(name, name.length());
                    encodeJsonTree(value, into);
                });
            }
            default -> throw new IllegalStateException("not JSON: " + tree.getClass());
        }
    }

    /** Class of the number, decimal exponent, digits in pairs plus one, zero; complemented below zero. */
    private static void encodeNumeric(Numeric numeric, KeyBuffer into) {
        if (!numeric.isFinite()) {
            into.putByte(numeric.isNaN() ? NAN : numeric.signum() > 0 ? INFINITE : NEGATIVE_INFINITE);
            return;
        }
        if (numeric.signum() == 0) {
            into.putByte(ZERO);
            return;
        }
        boolean negative = numeric.signum() < 0;
        into.putByte(negative ? NEGATIVE : POSITIVE);
        int start = into.length();
        BigDecimal value = numeric.toBigDecimal().abs();
        String digits = value.unscaledValue().toString();
        into.putInt(digits.length() - value.scale() ^ 0x8000_0000);
        int end = digits.length();
        while (end > 1 && digits.charAt(end - 1) == '0') {
            end--;
        }
        for (int i = 0; i < end; i += 2) {
            int low = i + 1 < end ? digits.charAt(i + 1) - '0' : 0;
            into.putByte((digits.charAt(i) - '0') * 10 + low + 1);
        }
        into.putByte(0);
        if (negative) {
            into.complementFrom(start);
        }
    }

    /** Elements first, then their number (the end mark is below any element), dimensions, bounds: PostgreSQL's array_cmp. */
    private static void encodeArray(PgArray array, KeyBuffer into) {
        for (Object element : array.elements()) {
            if (element == null) {
                into.putByte(ELEMENT_NULL);
                continue;
            }
            into.putByte(ELEMENT);
            switch (element) {
                case Long value -> encodeLong(array.elementType(), value, into);
                case Double value -> encodeDouble(value, into);
                default -> encodeObject(array.elementType(), element, into);
            }
        }
        into.putByte(0);
        into.putByte(array.dimensions());
        for (int i = 0; i < array.dimensions(); i++) {
            into.putInt(array.dims()[i]);
        }
        for (int i = 0; i < array.dimensions(); i++) {
            into.putInt(array.lowerBounds()[i] ^ 0x8000_0000);
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
