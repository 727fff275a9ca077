package dev.strongroom.common.value;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * A {@code numeric} value: a decimal with a display scale of 0 to 16383, or NaN, or an infinity. Arithmetic chooses result
 * scales as PostgreSQL's {@code numeric.c} does. Order and equality are by value ({@code 1.0} equals {@code 1.00}); NaN
 * equals itself and is greater than everything. Immutable.
 */
public final class Numeric implements Comparable<Numeric> {
    public static final Numeric NAN = new Numeric(BigDecimal.ZERO, Kind.NAN);
    public static final Numeric INFINITY = new Numeric(BigDecimal.ZERO, Kind.POSITIVE);
    public static final Numeric NEGATIVE_INFINITY = new Numeric(BigDecimal.ZERO, Kind.NEGATIVE);
    public static final Numeric ZERO = new Numeric(BigDecimal.ZERO, Kind.FINITE);
    public static final Numeric ONE = new Numeric(BigDecimal.ONE, Kind.FINITE);

    /** Largest number of digits after the decimal point. */
    public static final int MAX_SCALE = 16383;

    /** Largest number of digits before the decimal point. */
    public static final int MAX_INTEGER_DIGITS = 131072;

    private static final int MIN_SIGNIFICANT_DIGITS = 16;
    private static final int MAX_DISPLAY_SCALE = 1000;
    private static final int DIGITS_PER_GROUP = 4;

    private final BigDecimal value;
    private final Kind kind;

    /** In PostgreSQL's order. */
    private enum Kind {
        NEGATIVE,
        FINITE,
        POSITIVE,
        NAN
    }

    private Numeric(BigDecimal value, Kind kind) {
        this.value = value;
        this.kind = kind;
    }

    /**
     * A finite value; a negative scale becomes 0, digits beyond {@link #MAX_SCALE} are rounded.
     *
     * @throws DatabaseException 22003 beyond {@link #MAX_INTEGER_DIGITS} digits
     */
    public static Numeric of(BigDecimal value) {
        BigDecimal scaled = value;
        if ((long) scaled.precision() - scaled.scale() > MAX_INTEGER_DIGITS) {
            if (scaled.signum() != 0) {
                throw overflow();
            }
            scaled = BigDecimal.ZERO;
        }
        if (scaled.scale() < 0) {
            scaled = scaled.setScale(0);
        } else if (scaled.scale() > MAX_SCALE) {
            scaled = scaled.setScale(MAX_SCALE, RoundingMode.HALF_UP);
        }
        return new Numeric(scaled, Kind.FINITE);
    }

    public static Numeric of(long value) {
        return new Numeric(BigDecimal.valueOf(value), Kind.FINITE);
    }

    public static Numeric of(BigInteger value) {
        return of(new BigDecimal(value));
    }

    /** Fixed-point value: {@code unscaled / 10^scale}. */
    public static Numeric of(long unscaled, int scale) {
        return of(BigDecimal.valueOf(unscaled, scale));
    }

    /** Conversion from {@code float8}: 15 significant digits, as PostgreSQL's cast does. */
    public static Numeric of(double value) {
        return ofFloat(value, 15);
    }

    /** Conversion from {@code float4}: 6 significant digits. */
    public static Numeric ofFloat4(double value) {
        return ofFloat(value, 6);
    }

    private static Numeric ofFloat(double value, int digits) {
        if (Double.isNaN(value)) {
            return NAN;
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? INFINITY : NEGATIVE_INFINITY;
        }
        if (value == 0) {
            return ZERO;
        }
        return of(new BigDecimal(value)
                .round(new MathContext(digits, RoundingMode.HALF_EVEN))
                .stripTrailingZeros());
    }

    public boolean isNaN() {
        return kind == Kind.NAN;
    }

    public boolean isInfinite() {
        return kind == Kind.POSITIVE || kind == Kind.NEGATIVE;
    }

    public boolean isFinite() {
        return kind == Kind.FINITE;
    }

    /** The value; only for finite numbers. */
    public BigDecimal toBigDecimal() {
        assert kind == Kind.FINITE : "no decimal form of " + this;
        return value;
    }

    /** Digits shown after the decimal point. */
    public int scale() {
        return value.scale();
    }

    /** -1, 0 or 1; 0 for NaN. */
    public int signum() {
        return switch (kind) {
            case NEGATIVE -> -1;
            case FINITE -> value.signum();
            case POSITIVE -> 1;
            case NAN -> 0;
        };
    }

    public double doubleValue() {
        return switch (kind) {
            case NEGATIVE -> Double.NEGATIVE_INFINITY;
            case FINITE -> value.doubleValue();
            case POSITIVE -> Double.POSITIVE_INFINITY;
            case NAN -> Double.NaN;
        };
    }

    public Numeric add(Numeric other) {
        if (isFinite() && other.isFinite()) {
            return of(value.add(other.value));
        }
        if (isNaN() || other.isNaN()) {
            return NAN;
        }
        if (isInfinite() && other.isInfinite()) {
            return kind == other.kind ? this : NAN;
        }
        return isInfinite() ? this : other;
    }

    public Numeric subtract(Numeric other) {
        if (isFinite() && other.isFinite()) {
            return of(value.subtract(other.value));
        }
        return add(other.negate());
    }

    public Numeric multiply(Numeric other) {
        if (isFinite() && other.isFinite()) {
            return of(value.multiply(other.value));
        }
        if (isNaN() || other.isNaN()) {
            return NAN;
        }
        return infinityOf(signum() * other.signum());
    }

    /**
     * Quotient with PostgreSQL's result scale: at least 16 significant digits, at least the scale of either input.
     *
     * @throws DatabaseException 22012 for a zero divisor
     */
    public Numeric divide(Numeric other) {
        if (isNaN() || other.isNaN()) {
            return NAN;
        }
        if (isInfinite()) {
            if (other.isInfinite()) {
                return NAN;
            }
            if (other.signum() == 0) {
                throw divisionByZero();
            }
            return infinityOf(signum() * other.signum());
        }
        if (other.isInfinite()) {
            return ZERO;
        }
        if (other.signum() == 0) {
            throw divisionByZero();
        }
        return of(value.divide(other.value, divisionScale(other), RoundingMode.HALF_UP));
    }

    /** Quotient truncated to an integer ({@code div()}). */
    public Numeric divideToInteger(Numeric other) {
        if (!isFinite() || !other.isFinite()) {
            Numeric quotient = divide(other);
            return quotient.isFinite() ? ZERO : quotient;
        }
        if (other.signum() == 0) {
            throw divisionByZero();
        }
        return of(value.divide(other.value, 0, RoundingMode.DOWN));
    }

    /**
     * Remainder with the sign of this.
     *
     * @throws DatabaseException 22012 for a zero divisor
     */
    public Numeric remainder(Numeric other) {
        if (isNaN() || other.isNaN()) {
            return NAN;
        }
        if (other.signum() == 0) {
            throw divisionByZero();
        }
        if (isInfinite()) {
            return NAN;
        }
        if (other.isInfinite()) {
            return this;
        }
        int scale = Math.max(scale(), other.scale());
        return of(value.remainder(other.value).setScale(scale));
    }

    public Numeric negate() {
        return switch (kind) {
            case NEGATIVE -> INFINITY;
            case FINITE -> new Numeric(value.negate(), Kind.FINITE);
            case POSITIVE -> NEGATIVE_INFINITY;
            case NAN -> NAN;
        };
    }

    public Numeric abs() {
        return signum() < 0 ? negate() : this;
    }

    /** Rounds half away from zero to a scale, which may be negative. */
    public Numeric round(int scale) {
        return rescale(scale, RoundingMode.HALF_UP);
    }

    /** Cuts towards zero to a scale, which may be negative. */
    public Numeric truncate(int scale) {
        return rescale(scale, RoundingMode.DOWN);
    }

    /** Rounds to a scale by the given mode; a negative scale rounds digits before the point and shows none after it. */
    public Numeric rescale(int scale, RoundingMode mode) {
        if (!isFinite()) {
            return this;
        }
        int bounded = Math.clamp(scale, -MAX_INTEGER_DIGITS, MAX_SCALE);
        return of(value.setScale(bounded, mode));
    }

    private static Numeric infinityOf(int sign) {
        if (sign == 0) {
            return NAN;
        }
        return sign > 0 ? INFINITY : NEGATIVE_INFINITY;
    }

    /** {@code select_div_scale}: estimates the weight of the quotient in groups of four digits. */
    private int divisionScale(Numeric other) {
        int weight1 = groupWeight(value);
        int weight2 = groupWeight(other.value);
        int first1 = firstGroup(value, weight1);
        int first2 = firstGroup(other.value, weight2);
        int quotientWeight = weight1 - weight2;
        if (first1 <= first2) {
            quotientWeight--;
        }
        int scale = MIN_SIGNIFICANT_DIGITS - quotientWeight * DIGITS_PER_GROUP;
        scale = Math.max(scale, scale());
        scale = Math.max(scale, other.scale());
        scale = Math.max(scale, 0);
        return Math.min(scale, MAX_DISPLAY_SCALE);
    }

    /** Power of 10000 of the first non-zero group of four digits. */
    private static int groupWeight(BigDecimal number) {
        if (number.signum() == 0) {
            return 0;
        }
        return Math.floorDiv(number.precision() - number.scale() - 1, DIGITS_PER_GROUP);
    }

    private static int firstGroup(BigDecimal number, int weight) {
        if (number.signum() == 0) {
            return 0;
        }
        return number.abs().movePointLeft(weight * DIGITS_PER_GROUP).intValue();
    }

    private static DatabaseException divisionByZero() {
        return new DatabaseException(ErrorCode.DIVISION_BY_ZERO, "division by zero");
    }

    private static DatabaseException overflow() {
        return new DatabaseException(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format");
    }

    @Override
    public int compareTo(Numeric other) {
        return kind == Kind.FINITE && other.kind == Kind.FINITE
                ? value.compareTo(other.value)
                : kind.compareTo(other.kind);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Numeric that && compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
        return kind == Kind.FINITE ? value.stripTrailingZeros().hashCode() : kind.ordinal();
    }

    /** Text form as PostgreSQL prints it. */
    @Override
    public String toString() {
        return switch (kind) {
            case NEGATIVE -> "-Infinity";
            case FINITE -> value.toPlainString();
            case POSITIVE -> "Infinity";
            case NAN -> "NaN";
        };
    }
}
