package dev.strongroom.common.type;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Text of floating point numbers: the shortest that reads back the same, or a fixed number of digits, in {@code %g} form. */
public final class FloatText {
    private static final int FLOAT4_DIGITS = 6;
    private static final int FLOAT8_DIGITS = 15;
    private static final int MAX_FLOAT8_DIGITS = 17;
    private static final double MIDPOINTS_FROM = 0x1p53;
    private static final double MIDPOINTS_TO = 1e45;

    private FloatText() {}

    /** @param extraDigits {@code extra_float_digits}: above 0 shortest, else digits fewer than 15 */
    public static String float8(double value, int extraDigits) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        if (extraDigits <= 0) {
            return fixedDigits(new BigDecimal(value), Math.max(1, FLOAT8_DIGITS + extraDigits));
        }
        if (value == (long) value && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        Decimal shortest = Decimal.of(Double.toString(Math.abs(value)));
        if (shortest.digits.length() == 2) {
            Decimal shorter = shortest.oneDigit();
            if (Double.parseDouble(shorter.toScientific()) == Math.abs(value)) {
                shortest = shorter;
            }
        }
        double magnitude = Math.abs(value);
        if (magnitude > MIDPOINTS_FROM && magnitude < MIDPOINTS_TO) {
            shortest = insideMidpoints(shortest, magnitude, Math.nextDown(magnitude), Math.nextUp(magnitude));
        }
        return shortest.render(value < 0, FLOAT8_DIGITS);
    }

    /** @param extraDigits {@code extra_float_digits}: above 0 shortest, else digits fewer than 6 */
    public static String float4(float value, int extraDigits) {
        if (Float.isNaN(value)) {
            return "NaN";
        }
        if (Float.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        if (extraDigits <= 0) {
            return fixedDigits(new BigDecimal(value), Math.max(1, FLOAT4_DIGITS + extraDigits));
        }
        Decimal shortest = Decimal.of(Float.toString(Math.abs(value)));
        if (shortest.digits.length() == 2) {
            Decimal shorter = shortest.oneDigit();
            if (Float.parseFloat(shorter.toScientific()) == Math.abs(value)) {
                shortest = shorter;
            }
        }
        return shortest.render(value < 0, FLOAT4_DIGITS);
    }

    /**
     * PostgreSQL's algorithm never prints a number exactly halfway to a neighbour, Java's does where rounding to even makes
     * it read back the same ({@code 1e23}). Only numbers above 2^53 have halfway points that short.
     */
    private static Decimal insideMidpoints(Decimal shortest, double value, double below, double above) {
        BigDecimal exact = new BigDecimal(value);
        BigDecimal low = exact.add(new BigDecimal(below));
        BigDecimal high = exact.add(new BigDecimal(above));
        Decimal candidate = shortest;
        for (int digits = shortest.digits.length(); digits <= MAX_FLOAT8_DIGITS; digits++) {
            BigDecimal twice = new BigDecimal(candidate.toScientific()).multiply(BigDecimal.TWO);
            if (twice.compareTo(low) > 0 && twice.compareTo(high) < 0) {
                return candidate;
            }
            BigDecimal rounded = exact.round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
            candidate = new Decimal(
                    rounded.stripTrailingZeros().unscaledValue().toString(), rounded.precision() - rounded.scale() - 1);
        }
        return candidate;
    }

    /** {@code %.<digits>g} of C. */
    private static String fixedDigits(BigDecimal value, int digits) {
        BigDecimal rounded = value.abs().round(new MathContext(digits, RoundingMode.HALF_EVEN));
        String unscaled = rounded.stripTrailingZeros().unscaledValue().toString();
        int exponent = rounded.precision() - rounded.scale() - 1;
        return new Decimal(unscaled, exponent).render(value.signum() < 0, digits);
    }

    /**
     * Digits {@code d1 d2 d3…} meaning {@code d1.d2d3… × 10^exponent}, without trailing zeros.
     *
     * @param exponent of the first digit
     */
    private record Decimal(String digits, int exponent) {
        /** Reads what {@link Double#toString} prints for a positive number. */
        static Decimal of(String text) {
            int e = text.indexOf('E');
            int exponent = e < 0 ? 0 : Integer.parseInt(text, e + 1, text.length(), 10);
            String mantissa = e < 0 ? text : text.substring(0, e);
            int point = mantissa.indexOf('.');
            String digits = mantissa.substring(0, point) + mantissa.substring(point + 1);
            int first = 0;
            while (digits.charAt(first) == '0') {
                first++;
            }
            int last = digits.length();
            while (digits.charAt(last - 1) == '0') {
                last--;
            }
            return new Decimal(digits.substring(first, last), exponent + point - 1 - first);
        }

        Decimal oneDigit() {
            int rounded = (Integer.parseInt(digits) + 5) / 10;
            return rounded == 10 ? new Decimal("1", exponent + 1) : new Decimal(Integer.toString(rounded), exponent);
        }

        String toScientific() {
            return digits + "E" + (exponent - digits.length() + 1);
        }

        String render(boolean negative, int maxFixedDigits) {
            StringBuilder out = new StringBuilder(24);
            if (negative) {
                out.append('-');
            }
            if (exponent < -4 || exponent >= maxFixedDigits) {
                out.append(digits.charAt(0));
                if (digits.length() > 1) {
                    out.append('.').append(digits, 1, digits.length());
                }
                out.append('e').append(exponent < 0 ? '-' : '+');
                int magnitude = Math.abs(exponent);
                if (magnitude < 10) {
                    out.append('0');
                }
                return out.append(magnitude).toString();
            }
            if (exponent < 0) {
                out.append("0.").repeat('0', -exponent - 1).append(digits);
                return out.toString();
            }
            int whole = exponent + 1;
            if (digits.length() <= whole) {
                out.append(digits).repeat('0', whole - digits.length());
            } else {
                out.append(digits, 0, whole).append('.').append(digits, whole, digits.length());
            }
            return out.toString();
        }
    }
}
