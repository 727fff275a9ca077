package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.Numeric;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * {@code numeric}. Binary form:
 *
 * ```
 * 0  int16  number of base-10000 digits
 * 2  int16  weight: power of 10000 of the first digit
 * 4  int16  sign: 0000 +, 4000 -, C000 NaN, D000 infinity, F000 -infinity
 * 6  int16  display scale
 * 8  int16  digits…
 * ```
 */
final class NumericCodec extends RefCodec<Numeric> {
    private static final int NEGATIVE = 0x4000;
    private static final int NAN = 0xC000;
    private static final int INFINITY = 0xD000;
    private static final int NEGATIVE_INFINITY = 0xF000;
    private static final BigInteger BASE = BigInteger.valueOf(10000);

    NumericCodec() {
        super(PgType.NUMERIC, Numeric.class);
    }

    @Override
    public Numeric parseRef(String text, TypeContext context) {
        String trimmed = Texts.trim(text);
        if (!trimmed.isEmpty() && isPlainLong(trimmed)) {
            return Numeric.of(Long.parseLong(trimmed));
        }
        char first = trimmed.isEmpty() ? 0 : trimmed.charAt(trimmed.length() - 1);
        if (first < '0' || first > '9') {
            if (first != '.') {
                return special(trimmed, text);
            }
        }
        int exponent = trimmed.indexOf('e');
        if (exponent < 0) {
            exponent = trimmed.indexOf('E');
        }
        if (exponent >= 0 && trimmed.length() - exponent > 8) {
            throw hugeExponent(trimmed, exponent, text);
        }
        BigDecimal value;
        try {
            value = new BigDecimal(trimmed);
        } catch (NumberFormatException malformed) {
            throw Texts.invalidSyntax("numeric", text);
        }
        return Numeric.of(value);
    }

    private static DatabaseException hugeExponent(String trimmed, int exponent, String text) {
        boolean digits = trimmed.substring(exponent + 1).matches("[+-]?[0-9]+");
        return digits
                ? new DatabaseException(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format")
                : Texts.invalidSyntax("numeric", text);
    }

    private static boolean isPlainLong(String text) {
        int start = text.charAt(0) == '-' ? 1 : 0;
        if (text.length() == start || text.length() - start > 18) {
            return false;
        }
        for (int i = start; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static Numeric special(String trimmed, String text) {
        return switch (trimmed.toLowerCase(Locale.ROOT)) {
            case "nan" -> Numeric.NAN;
            case "infinity", "+infinity", "inf", "+inf" -> Numeric.INFINITY;
            case "-infinity", "-inf" -> Numeric.NEGATIVE_INFINITY;
            default -> throw Texts.invalidSyntax("numeric", text);
        };
    }

    @Override
    public void writeTextRef(Numeric value, TypeContext context, ByteSink sink) {
        if (value.isFinite()) {
            BigDecimal decimal = value.toBigDecimal();
            if (decimal.scale() == 0 && decimal.precision() <= 18) {
                sink.writeDecimal(decimal.longValue());
                return;
            }
        }
        sink.writeAscii(value.toString());
    }

    @Override
    public Numeric readBinaryRef(BinaryInput input, TypeContext context) {
        int count = input.readShort() & 0xffff;
        int weight = input.readShort();
        int sign = input.readShort() & 0xffff;
        int scale = input.readShort() & 0xffff;
        if (sign != 0 && sign != NEGATIVE) {
            return switch (sign) {
                case NAN -> Numeric.NAN;
                case INFINITY -> Numeric.INFINITY;
                case NEGATIVE_INFINITY -> Numeric.NEGATIVE_INFINITY;
                default ->
                    throw new DatabaseException(
                            ErrorCode.INVALID_BINARY_REPRESENTATION, "invalid sign in external \"numeric\" value");
            };
        }
        if (scale > Numeric.MAX_SCALE) {
            throw new DatabaseException(
                    ErrorCode.INVALID_BINARY_REPRESENTATION, "invalid scale in external \"numeric\" value");
        }
        BigInteger unscaled = BigInteger.ZERO;
        for (int i = 0; i < count; i++) {
            int digit = input.readShort();
            if (digit < 0 || digit > 9999) {
                throw new DatabaseException(
                        ErrorCode.INVALID_BINARY_REPRESENTATION, "invalid digit in external \"numeric\" value");
            }
            unscaled = unscaled.multiply(BASE).add(BigInteger.valueOf(digit));
        }
        BigDecimal value = new BigDecimal(sign == NEGATIVE ? unscaled.negate() : unscaled, (count - 1 - weight) * 4);
        return Numeric.of(value.setScale(scale, RoundingMode.DOWN));
    }

    @Override
    public void writeBinaryRef(Numeric value, TypeContext context, ByteSink sink) {
        if (!value.isFinite()) {
            int sign = value.isNaN() ? NAN : value.signum() > 0 ? INFINITY : NEGATIVE_INFINITY;
            sink.writeShort(0);
            sink.writeShort(0);
            sink.writeShort(sign);
            // PostgreSQL sends an infinity's header bits here.
            sink.writeShort(value.isNaN() ? 0 : 0x20);
            return;
        }
        BigDecimal decimal = value.toBigDecimal();
        int scale = decimal.scale();
        int groupsAfter = (scale + 3) / 4;
        BigInteger aligned = decimal.abs().setScale(groupsAfter * 4).unscaledValue();
        short[] groups = groups(aligned);
        int weight = groups.length - groupsAfter - 1;
        int end = groups.length;
        while (end > 0 && groups[end - 1] == 0) {
            end--;
        }
        if (end == 0) {
            weight = 0;
        }
        sink.writeShort(end);
        sink.writeShort(weight);
        sink.writeShort(decimal.signum() < 0 ? NEGATIVE : 0);
        sink.writeShort(scale);
        for (int i = 0; i < end; i++) {
            sink.writeShort(groups[i]);
        }
    }

    /** Base-10000 digits, most significant first, none for zero. */
    private static short[] groups(BigInteger value) {
        String digits = value.signum() == 0 ? "" : value.toString();
        int count = (digits.length() + 3) / 4;
        short[] groups = new short[count];
        int lead = digits.length() - (count - 1) * 4;
        for (int i = 0, from = 0; i < count; i++) {
            int to = i == 0 ? lead : from + 4;
            groups[i] = (short) Integer.parseInt(digits, from, to, 10);
            from = to;
        }
        return groups;
    }
}
