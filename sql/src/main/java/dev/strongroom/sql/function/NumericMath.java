package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.value.Numeric;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Roots, logarithms and powers of numeric, with the result scales of PostgreSQL's {@code numeric.c}. */
final class NumericMath {
    private static final int SHORT_DIGITS = 200;
    private static final int SIGNIFICANT_DIGITS = 16;
    private static final int SCALE_MAX = 1000;
    private static final double LOG10_E = 0.434294481903252;

    private NumericMath() {}

    private static int scale(double wanted, int atLeast) {
        return (int) Math.clamp(Math.max(wanted, atLeast), 0, SCALE_MAX);
    }

    private static DatabaseException error(ErrorCode code, String message) {
        return new DatabaseException(code, message);
    }

    /** Results of many digits take milliseconds and more. */
    private static void checkShort(int digits) {
        if (digits > SHORT_DIGITS) {
            NoWait.check();
        }
    }

    static Numeric sqrt(Numeric value) {
        if (value.isNaN() || value.isInfinite() && value.signum() > 0) {
            return value;
        }
        if (value.signum() < 0) {
            throw error(ErrorCode.INVALID_ARGUMENT_FOR_POWER_FUNCTION, "cannot take square root of a negative number");
        }
        BigDecimal number = value.toBigDecimal();
        int weight = number.signum() == 0 ? 0 : Math.floorDiv(number.precision() - number.scale() - 1, 4);
        int rootWeight = (weight + 1) * 4 / 2 - 1;
        int scale = scale(SIGNIFICANT_DIGITS - rootWeight, value.scale());
        MathContext precision = new MathContext(Math.max(rootWeight, 0) + scale + 10, RoundingMode.HALF_UP);
        return Numeric.of(number.sqrt(precision).setScale(scale, RoundingMode.HALF_UP));
    }

    static Numeric exp(Numeric value) {
        if (!value.isFinite()) {
            return value.isInfinite() && value.signum() < 0 ? Numeric.ZERO : value;
        }
        double magnitude = value.doubleValue() * LOG10_E;
        if (magnitude > 131_072) {
            throw error(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format");
        }
        int scale = scale(SIGNIFICANT_DIGITS - (int) Math.max(magnitude, -SCALE_MAX * 2.0), value.scale());
        return Numeric.of(exp(value.toBigDecimal(), (int) Math.max(magnitude, 0) + scale + 10)
                .setScale(scale, RoundingMode.HALF_UP));
    }

    /** e to a power, by halving the exponent until Taylor's series converges fast. */
    private static BigDecimal exp(BigDecimal exponent, int digits) {
        checkShort(digits);
        int halvings = Math.max(0, exponent.precision() - exponent.scale()) * 4 + 4;
        MathContext precision = new MathContext(digits + halvings + 5, RoundingMode.HALF_EVEN);
        BigDecimal x = exponent.divide(BigDecimal.valueOf(2).pow(halvings), precision);
        BigDecimal sum = BigDecimal.ONE;
        BigDecimal term = BigDecimal.ONE;
        BigDecimal limit = BigDecimal.ONE.movePointLeft(precision.getPrecision());
        for (int i = 1; i < 10_000 && term.abs().compareTo(limit) > 0; i++) {
            term = term.multiply(x, precision).divide(BigDecimal.valueOf(i), precision);
            sum = sum.add(term, precision);
        }
        for (int i = 0; i < halvings; i++) {
            sum = sum.multiply(sum, precision);
        }
        return sum;
    }

    static Numeric ln(Numeric value) {
        checkLogarithm(value);
        if (!value.isFinite()) {
            return value;
        }
        int scale = scale(SIGNIFICANT_DIGITS - lnWeight(value.toBigDecimal()), value.scale());
        return Numeric.of(ln(value.toBigDecimal(), scale + 20).setScale(scale, RoundingMode.HALF_UP));
    }

    private static void checkLogarithm(Numeric value) {
        if (!value.isNaN() && value.signum() == 0) {
            throw error(ErrorCode.INVALID_ARGUMENT_FOR_LOGARITHM, "cannot take logarithm of zero");
        }
        if (value.signum() < 0) {
            throw error(ErrorCode.INVALID_ARGUMENT_FOR_LOGARITHM, "cannot take logarithm of a negative number");
        }
    }

    /** Decimal weight of the first digit of ln(x), as {@code estimate_ln_dweight} has it. */
    private static int lnWeight(BigDecimal number) {
        if (number.compareTo(new BigDecimal("0.9")) >= 0 && number.compareTo(new BigDecimal("1.1")) <= 0) {
            BigDecimal distance = number.subtract(BigDecimal.ONE);
            return distance.signum() == 0 ? 0 : distance.precision() - distance.scale() - 1;
        }
        double natural = Math.abs(lnEstimate(number));
        return (int) Math.log10(natural);
    }

    private static double lnEstimate(BigDecimal number) {
        int exponent = number.precision() - number.scale() - 1;
        double mantissa = number.movePointLeft(exponent).doubleValue();
        return Math.log(mantissa) + exponent * Math.log(10);
    }

    /** Natural logarithm: roots until close to 1, then the series of the inverse hyperbolic tangent. */
    private static BigDecimal ln(BigDecimal number, int digits) {
        checkShort(digits);
        MathContext precision = new MathContext(digits + 15, RoundingMode.HALF_EVEN);
        BigDecimal x = number;
        BigDecimal factor = BigDecimal.valueOf(2);
        BigDecimal low = new BigDecimal("0.9");
        BigDecimal high = new BigDecimal("1.1");
        while (x.compareTo(low) <= 0 || x.compareTo(high) >= 0) {
            x = x.sqrt(precision);
            factor = factor.multiply(BigDecimal.valueOf(2));
        }
        BigDecimal ratio = x.subtract(BigDecimal.ONE).divide(x.add(BigDecimal.ONE), precision);
        BigDecimal square = ratio.multiply(ratio, precision);
        BigDecimal power = ratio;
        BigDecimal sum = ratio;
        BigDecimal limit = BigDecimal.ONE.movePointLeft(precision.getPrecision());
        for (int i = 3; power.abs().compareTo(limit) > 0; i += 2) {
            power = power.multiply(square, precision);
            sum = sum.add(power.divide(BigDecimal.valueOf(i), precision), precision);
        }
        return sum.multiply(factor, precision);
    }

    static Numeric log(Numeric base, Numeric value) {
        if (base.isNaN() || value.isNaN()) {
            return Numeric.NAN;
        }
        checkLogarithm(base);
        checkLogarithm(value);
        if (!base.isFinite() || !value.isFinite()) {
            return base.isNaN() || value.isNaN() ? Numeric.NAN : base.isFinite() ? value : Numeric.ZERO;
        }
        BigDecimal divisor = ln(base.toBigDecimal(), 60);
        if (divisor.signum() == 0) {
            throw Arithmetic.divisionByZero();
        }
        int weight = lnWeight(value.toBigDecimal()) - lnWeight(base.toBigDecimal());
        int scale = scale(SIGNIFICANT_DIGITS - weight, Math.max(base.scale(), value.scale()));
        BigDecimal dividend = ln(value.toBigDecimal(), scale + 60);
        return Numeric.of(dividend.divide(ln(base.toBigDecimal(), scale + 60), scale, RoundingMode.HALF_UP));
    }

    static Numeric power(Numeric base, Numeric exponent) {
        if (!base.isFinite() || !exponent.isFinite()) {
            return special(base, exponent);
        }
        BigDecimal number = base.toBigDecimal();
        BigDecimal power = exponent.toBigDecimal();
        if (number.signum() == 0 && power.signum() < 0) {
            throw error(ErrorCode.INVALID_ARGUMENT_FOR_POWER_FUNCTION, "zero raised to a negative power is undefined");
        }
        boolean whole = power.stripTrailingZeros().scale() <= 0;
        if (number.signum() < 0 && !whole) {
            throw error(
                    ErrorCode.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
                    "a negative number raised to a non-integer power yields a complex result");
        }
        if (number.signum() == 0) {
            return power.signum() == 0
                    ? Numeric.of(BigDecimal.ONE.setScale(SIGNIFICANT_DIGITS))
                    : Numeric.of(BigDecimal.ZERO.setScale(SIGNIFICANT_DIGITS));
        }
        double magnitude = lnEstimate(number.abs()) * power.doubleValue() * LOG10_E;
        if (magnitude > 131_072) {
            throw error(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format");
        }
        // Where the exponent is a whole number PostgreSQL does not look at how large the result is.
        int scale = whole
                ? scale(SIGNIFICANT_DIGITS, base.scale())
                : scale(
                        SIGNIFICANT_DIGITS - (int) Math.max(magnitude, -SCALE_MAX * 2.0),
                        Math.max(base.scale(), exponent.scale()));
        int digits = (int) Math.max(magnitude, 0) + scale + 20;
        checkShort(digits);
        MathContext precision = new MathContext(digits, RoundingMode.HALF_EVEN);
        if (whole && power.abs().compareTo(BigDecimal.valueOf(999_999_999)) <= 0) {
            return Numeric.of(number.pow(power.intValueExact(), precision).setScale(scale, RoundingMode.HALF_UP));
        }
        BigDecimal logarithm = ln(number.abs(), digits).multiply(power, precision);
        return Numeric.of(exp(logarithm, digits).setScale(scale, RoundingMode.HALF_UP));
    }

    private static Numeric special(Numeric base, Numeric exponent) {
        if (base.compareTo(Numeric.ONE) == 0) {
            return Numeric.ONE;
        }
        if (exponent.isFinite() && exponent.signum() == 0) {
            return Numeric.ONE;
        }
        double result = Math.pow(base.doubleValue(), exponent.doubleValue());
        if (Double.isNaN(result)) {
            return Numeric.NAN;
        }
        return Double.isInfinite(result)
                ? result > 0 ? Numeric.INFINITY : Numeric.NEGATIVE_INFINITY
                : Numeric.of(result);
    }
}
