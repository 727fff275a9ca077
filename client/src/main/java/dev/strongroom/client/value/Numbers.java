package dev.strongroom.client.value;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalDouble;

/** Booleans and numbers to bytes and back, with PostgreSQL's assignment casts between them. */
final class Numbers {
    private static final int LONG_BYTES = 8;
    private static final int DECIMAL_BYTES = 17;
    /** What other drivers write, without the seventeenth byte; read only. */
    private static final int SHORT_DECIMAL_BYTES = 16;

    private static final int DOUBLE_DIGITS = 15;
    private static final int FLOAT_DIGITS = 6;
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private Numbers() {}

    static boolean truth(Object value) throws ColumnEncryptionException {
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof String text) {
            String word = text.strip().toLowerCase(Locale.ROOT);
            if (!word.isEmpty()
                    && ("true".startsWith(word) || "yes".startsWith(word) || word.equals("1") || word.equals("on"))) {
                return true;
            }
            if (!word.isEmpty()
                    && ("false".startsWith(word)
                            || "no".startsWith(word)
                            || word.equals("0")
                            || word.equals("of")
                            || word.equals("off"))) {
                return false;
            }
            throw Fit.unreadable("boolean");
        }
        throw Fit.unsuitable(value, "boolean");
    }

    static byte[] wholeBytes(Object value, long min, long max, String type, Fit fit) throws ColumnEncryptionException {
        long number;
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            number = ((Number) value).longValue();
        } else {
            BigInteger whole = whole(value, type, fit);
            if (whole.compareTo(LONG_MIN) < 0 || whole.compareTo(LONG_MAX) > 0) {
                fit.outside(Reason.OUT_OF_RANGE, type + " out of range");
                return new byte[LONG_BYTES];
            }
            number = whole.longValue();
        }
        if (number < min || number > max) {
            fit.outside(Reason.OUT_OF_RANGE, type + " out of range");
        }
        return littleEndian(LONG_BYTES).putLong(number).array();
    }

    private static BigInteger whole(Object value, String type, Fit fit) throws ColumnEncryptionException {
        switch (value) {
            case BigInteger integer -> {
                return integer;
            }
            case BigDecimal decimal -> {
                BigDecimal rounded = decimal.setScale(0, RoundingMode.HALF_UP);
                if (rounded.compareTo(decimal) != 0) {
                    fit.rounded();
                }
                return rounded.toBigInteger();
            }
            case Number number
            when number instanceof Double || number instanceof Float -> {
                double d = number.doubleValue();
                if (Double.isNaN(d) || Double.isInfinite(d)) {
                    fit.outside(Reason.OUT_OF_RANGE, type + " out of range");
                    return BigInteger.ZERO;
                }
                double rounded = Math.rint(d);
                if (rounded != d) {
                    fit.rounded();
                }
                return new BigDecimal(rounded).toBigInteger();
            }
            case String text -> {
                try {
                    return new BigInteger(text.strip());
                } catch (NumberFormatException e) {
                    throw Fit.unreadable(type);
                }
            }
            default -> throw Fit.unsuitable(value, type);
        }
    }

    /** As PostgreSQL makes a numeric of a float: so many digits, and no zeros behind them. */
    private static BigDecimal significant(double number, int digits) {
        return new BigDecimal(number)
                .round(new MathContext(digits, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
    }

    /** The value as a decimal; NaN and infinities come as an empty answer of {@link #notFinite}. */
    static BigDecimal decimal(Object value) throws ColumnEncryptionException {
        return switch (value) {
            case BigDecimal decimal -> decimal;
            case BigInteger integer -> new BigDecimal(integer);
            case Double number -> significant(number, DOUBLE_DIGITS);
            case Float number -> significant(number, FLOAT_DIGITS);
            case Number number -> BigDecimal.valueOf(number.longValue());
            case String text -> {
                try {
                    yield new BigDecimal(text.strip());
                } catch (NumberFormatException e) {
                    throw Fit.unreadable("numeric");
                }
            }
            default -> throw Fit.unsuitable(value, "numeric");
        };
    }

    /** NaN or an infinity, from a float or in words. */
    static OptionalDouble notFinite(Object value) {
        double number = switch (value) {
            case Double d -> d;
            case Float f -> f;
            case String text ->
                switch (text.strip().toLowerCase(Locale.ROOT)) {
                    case "nan" -> Double.NaN;
                    case "infinity", "+infinity", "inf", "+inf" -> Double.POSITIVE_INFINITY;
                    case "-infinity", "-inf" -> Double.NEGATIVE_INFINITY;
                    default -> 0;
                };
            default -> 0;
        };
        return Double.isFinite(number) ? OptionalDouble.empty() : OptionalDouble.of(number);
    }

    static byte[] decimalBytes(Object value, ColumnType type, Fit fit) throws ColumnEncryptionException {
        if (notFinite(value).isPresent()) {
            fit.outside(Reason.OUT_OF_RANGE, "an encrypted numeric column holds neither NaN nor infinity");
            return new byte[DECIMAL_BYTES];
        }
        BigDecimal scaled = scaled(decimal(value), type, fit);
        byte[] bytes = new byte[DECIMAL_BYTES];
        bytes[0] = (byte) (scaled.signum() < 0 ? 0 : 1);
        byte[] magnitude = scaled.unscaledValue().abs().toByteArray();
        for (int i = 0; i < magnitude.length && i < DECIMAL_BYTES - 1; i++) {
            bytes[1 + i] = magnitude[magnitude.length - 1 - i];
        }
        return bytes;
    }

    private static BigDecimal scaled(BigDecimal number, ColumnType type, Fit fit) throws ColumnEncryptionException {
        // Before the digits of 1e999999999 are spelled out.
        if ((long) number.precision() - number.scale() > type.precision() - type.scale() && number.signum() != 0) {
            fit.outside(Reason.OUT_OF_RANGE, "numeric field overflow");
            return BigDecimal.ZERO;
        }
        BigDecimal scaled = number.setScale(type.scale(), RoundingMode.HALF_UP);
        if (scaled.compareTo(number) != 0) {
            fit.rounded();
        }
        if (scaled.precision() > type.precision()) {
            fit.outside(Reason.OUT_OF_RANGE, "numeric field overflow");
            return BigDecimal.ZERO;
        }
        return scaled;
    }

    /** Rule 2: PostgreSQL's output, display scale kept. */
    static String decimalText(Object value, ColumnType type, Fit fit) throws ColumnEncryptionException {
        OptionalDouble special = notFinite(value);
        if (special.isPresent()) {
            if (type.hasPrecision() && Double.isInfinite(special.getAsDouble())) {
                fit.outside(Reason.OUT_OF_RANGE, "numeric field overflow");
            }
            return Double.toString(special.getAsDouble());
        }
        BigDecimal number = decimal(value);
        if (type.hasPrecision()) {
            number = scaled(number, type, fit);
        }
        return (number.scale() < 0 ? number.setScale(0) : number).toPlainString();
    }

    static byte[] floatBytes(Object value, boolean deterministic, Fit fit) throws ColumnEncryptionException {
        double wide = real(value, "real");
        float narrow = switch (value) {
            case BigDecimal decimal -> decimal.floatValue();
            case String text -> notFinite(text).isPresent() ? (float) wide : Float.parseFloat(text.strip());
            default -> (float) wide;
        };
        if (Float.isInfinite(narrow) && Double.isFinite(wide)) {
            fit.outside(Reason.OUT_OF_RANGE, "value out of range for type real");
        } else if (narrow != wide && !Double.isNaN(wide) && !(value instanceof String)) {
            fit.rounded();
        }
        if (deterministic) {
            narrow = Float.isNaN(narrow) ? Float.NaN : narrow + 0.0f;
        }
        return littleEndian(Float.BYTES)
                .putInt(deterministic ? Float.floatToIntBits(narrow) : Float.floatToRawIntBits(narrow))
                .array();
    }

    static byte[] doubleBytes(Object value, boolean deterministic, Fit fit) throws ColumnEncryptionException {
        double number = real(value, "double precision");
        if (Double.isInfinite(number) && notFinite(value).isEmpty()) {
            fit.outside(Reason.OUT_OF_RANGE, "value out of range for type double precision");
        }
        if (deterministic) {
            number = Double.isNaN(number) ? Double.NaN : number + 0.0;
        }
        return littleEndian(Double.BYTES)
                .putLong(deterministic ? Double.doubleToLongBits(number) : Double.doubleToRawLongBits(number))
                .array();
    }

    private static double real(Object value, String type) throws ColumnEncryptionException {
        return switch (value) {
            case Number number -> number.doubleValue();
            case String text -> {
                OptionalDouble special = notFinite(text);
                if (special.isPresent()) {
                    yield special.getAsDouble();
                }
                try {
                    yield new BigDecimal(text.strip()).doubleValue();
                } catch (NumberFormatException e) {
                    throw Fit.unreadable(type);
                }
            }
            default -> throw Fit.unsuitable(value, type);
        };
    }

    static long readLong(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    static boolean isDecimalLength(int count) {
        return count == DECIMAL_BYTES || count == SHORT_DECIMAL_BYTES;
    }

    static String readDecimal(byte[] bytes, int scale) {
        byte[] magnitude = new byte[bytes.length - 1];
        for (int i = 0; i < magnitude.length; i++) {
            magnitude[i] = bytes[bytes.length - 1 - i];
        }
        BigInteger unscaled = new BigInteger(1, magnitude);
        Arrays.fill(magnitude, (byte) 0);
        return new BigDecimal(bytes[0] == 0 ? unscaled.negate() : unscaled, scale).toPlainString();
    }

    static String readFloat(byte[] bytes) {
        float number = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat();
        return realText(number, Float.toString(number), FLOAT_DIGITS);
    }

    static String readDouble(byte[] bytes) {
        double number = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getDouble();
        return realText(number, Double.toString(number), DOUBLE_DIGITS);
    }

    /** PostgreSQL's shortest form: an exponent below 1e-4 and from 10 to the number of sure digits on. */
    static String realText(double number, String shortest, int digits) {
        if (!Double.isFinite(number)) {
            return shortest;
        }
        if (number == 0) {
            return shortest.startsWith("-") ? "-0" : "0";
        }
        BigDecimal exact = new BigDecimal(shortest).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exponent >= -4 && exponent < digits) {
            return exact.toPlainString();
        }
        String unscaled = exact.unscaledValue().abs().toString();
        return (number < 0 ? "-" : "")
                + unscaled.charAt(0)
                + (unscaled.length() > 1 ? "." + unscaled.substring(1) : "")
                + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
