package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.common.value.Numeric;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** numeric: arithmetic, rounding, conversions, and money. */
final class NumericFunctions {
    private NumericFunctions() {}

    static void define(Definitions to) {
        to.refsRef("numeric_add", (Numeric a, Numeric b) -> a.add(b));
        to.refsRef("numeric_sub", (Numeric a, Numeric b) -> a.subtract(b));
        to.refsRef("numeric_mul", (Numeric a, Numeric b) -> a.multiply(b));
        to.refsRef("numeric_div", (Numeric a, Numeric b) -> a.divide(b));
        to.refsRef("numeric_div_trunc", (Numeric a, Numeric b) -> a.divideToInteger(b));
        to.refsRef("numeric_mod", (Numeric a, Numeric b) -> a.remainder(b));
        to.refRef("numeric_uminus", (Numeric a) -> a.negate());
        to.refRef("numeric_uplus", (Numeric a) -> a);
        to.refRef("numeric_abs", (Numeric a) -> a.abs());
        to.refRef("numeric_inc", (Numeric a) -> a.add(Numeric.ONE));
        to.refRef("numeric_sign", (Numeric a) -> a.isNaN() ? a : Numeric.of(a.signum()));
        to.general(
                "numeric",
                (call, a) -> Arguments.integer(a, 1) < 5
                        ? a[0]
                        : Typmods.applyBoxed(PgType.NUMERIC, Arguments.integer(a, 1), a[0], true));
        rounding(to);
        conversions(to);
        powers(to);
        integers(to);
        money(to);
    }

    private static Numeric numeric(Object value) {
        return (Numeric) value;
    }

    private static void rounding(Definitions to) {
        to.general(
                "numeric_round",
                (call, a) -> numeric(Arguments.ref(a, 0)).round(Math.clamp(Arguments.number(a, 1), -2000, 2000)));
        to.general(
                "numeric_trunc",
                (call, a) -> numeric(Arguments.ref(a, 0)).truncate(Math.clamp(Arguments.number(a, 1), -2000, 2000)));
        to.refRef("round(numeric)", (Numeric a) -> a.round(0));
        to.refRef("trunc(numeric)", (Numeric a) -> a.truncate(0));
        to.refRef("numeric_ceil", (Numeric a) -> a.rescale(0, RoundingMode.CEILING));
        to.refRef("numeric_floor", (Numeric a) -> a.rescale(0, RoundingMode.FLOOR));
        to.general("numeric_scale", (call, a) -> {
            Numeric number = (Numeric) Arguments.ref(a, 0);
            return number.isFinite() ? (Object) (long) number.scale() : null;
        });
        to.general("numeric_min_scale", (call, a) -> {
            Numeric number = (Numeric) Arguments.ref(a, 0);
            return number.isFinite() ? (Object) (long) trimmed(number).scale() : null;
        });
        to.refRef("numeric_trim_scale", (Numeric a) -> a.isFinite() ? trimmed(a) : a);
    }

    private static Numeric trimmed(Numeric value) {
        return Numeric.of(value.toBigDecimal().stripTrailingZeros());
    }

    private static void conversions(Definitions to) {
        for (String type : new String[] {"int2", "int4", "int8"}) {
            to.longRef(type + "_numeric", Numeric::of);
        }
        to.doubleRef("float8_numeric", Numeric::of);
        to.doubleRef("float4_numeric", Numeric::ofFloat4);
        to.refLong("numeric_int2", (Numeric a) -> toLong(a, Short.MIN_VALUE, Short.MAX_VALUE, "smallint"));
        to.refLong("numeric_int4", (Numeric a) -> toLong(a, Integer.MIN_VALUE, Integer.MAX_VALUE, "integer"));
        to.refLong("numeric_int8", (Numeric a) -> toLong(a, Long.MIN_VALUE, Long.MAX_VALUE, "bigint"));
        to.refDouble("numeric_float8", (Numeric a) -> toDouble(a));
        to.refDouble("numeric_float4", (Numeric a) -> {
            float value = (float) toDouble(a);
            if (Float.isInfinite(value) && !a.isInfinite()) {
                throw new DatabaseException(
                        ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "\"" + a + "\" is out of range for type real");
            }
            return value;
        });
    }

    private static double toDouble(Numeric value) {
        double result = value.doubleValue();
        if (Double.isInfinite(result) && !value.isInfinite()) {
            throw new DatabaseException(
                    ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE,
                    "\"" + value + "\" is out of range for type double precision");
        }
        return result;
    }

    /** Rounded to an integer within bounds. */
    static long toLong(Numeric value, long minimum, long maximum, String type) {
        if (!value.isFinite()) {
            throw new DatabaseException(
                    ErrorCode.FEATURE_NOT_SUPPORTED,
                    "cannot convert " + (value.isNaN() ? "NaN" : "infinity") + " to " + type);
        }
        BigInteger rounded =
                value.toBigDecimal().setScale(0, RoundingMode.HALF_UP).toBigInteger();
        if (rounded.bitLength() > 63 || rounded.longValue() < minimum || rounded.longValue() > maximum) {
            throw Arithmetic.outOfRange(type);
        }
        return rounded.longValue();
    }

    private static void powers(Definitions to) {
        to.refRef("numeric_sqrt", (Numeric a) -> NumericMath.sqrt(a));
        to.refRef("numeric_exp", (Numeric a) -> NumericMath.exp(a));
        to.refRef("numeric_ln", (Numeric a) -> NumericMath.ln(a));
        to.refsRef("numeric_log", (Numeric base, Numeric a) -> NumericMath.log(base, a));
        to.refRef("log(numeric)", (Numeric a) -> NumericMath.log(Numeric.of(10), a));
        to.refRef("log10(numeric)", (Numeric a) -> NumericMath.log(Numeric.of(10), a));
        to.refsRef("numeric_power", (Numeric a, Numeric b) -> NumericMath.power(a, b));
    }

    private static void integers(Definitions to) {
        to.longRef("numeric_fac", a -> {
            if (a < 0) {
                throw new DatabaseException(
                        ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "factorial of a negative number is undefined");
            }
            if (a > 32177) {
                throw new DatabaseException(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format");
            }
            if (a > 500) {
                NoWait.check();
            }
            BigInteger product = BigInteger.ONE;
            for (long i = 2; i <= a; i++) {
                product = product.multiply(BigInteger.valueOf(i));
            }
            return Numeric.of(product);
        });
        to.refsRef("numeric_gcd", (Numeric a, Numeric b) -> {
            if (!a.isFinite() || !b.isFinite()) {
                return Numeric.NAN;
            }
            int scale = Math.max(a.scale(), b.scale());
            return Numeric.of(new BigDecimal(unscaled(a, scale).gcd(unscaled(b, scale)), scale));
        });
        to.refsRef("numeric_lcm", (Numeric a, Numeric b) -> {
            if (!a.isFinite() || !b.isFinite()) {
                return Numeric.NAN;
            }
            int scale = Math.max(a.scale(), b.scale());
            BigInteger x = unscaled(a, scale);
            BigInteger y = unscaled(b, scale);
            BigInteger multiple = x.signum() == 0 || y.signum() == 0
                    ? BigInteger.ZERO
                    : x.divide(x.gcd(y)).multiply(y).abs();
            return Numeric.of(new BigDecimal(multiple, scale));
        });
        to.general(
                "width_bucket_numeric",
                (call, a) -> bucket(
                        numeric(Arguments.ref(a, 0)),
                        numeric(Arguments.ref(a, 1)),
                        numeric(Arguments.ref(a, 2)),
                        Arguments.number(a, 3)));
    }

    private static BigInteger unscaled(Numeric value, int scale) {
        return value.toBigDecimal().setScale(scale, RoundingMode.UNNECESSARY).unscaledValue();
    }

    private static long bucket(Numeric value, Numeric low, Numeric high, long count) {
        if (count <= 0) {
            throw FloatFunctions.bucketError("count must be greater than zero");
        }
        if (low.compareTo(high) == 0) {
            throw FloatFunctions.bucketError("lower bound cannot equal upper bound");
        }
        boolean ascending = low.compareTo(high) < 0;
        int toLow = ascending ? value.compareTo(low) : low.compareTo(value);
        int toHigh = ascending ? value.compareTo(high) : high.compareTo(value);
        if (toLow < 0) {
            return 0;
        }
        if (toHigh >= 0) {
            return count + 1;
        }
        BigDecimal share = value.subtract(low).toBigDecimal().multiply(BigDecimal.valueOf(count));
        return share.divide(high.subtract(low).toBigDecimal(), 0, RoundingMode.DOWN)
                        .longValue()
                + 1;
    }

    private static void money(Definitions to) {
        to.longsLong("cash_pl", Arithmetic::add);
        to.longsLong("cash_mi", Arithmetic::subtract);
        for (String type : new String[] {"int8", "int4", "int2"}) {
            to.longsLong("cash_mul_" + type, Arithmetic::multiply);
            to.longsLong(type + "_mul_cash", Arithmetic::multiply);
            to.longsLong("cash_div_" + type, Arithmetic::divide);
            if (!type.equals("int2")) {
                to.longLong(type + "_cash", a -> Arithmetic.multiply(a, 100));
            }
        }
        to.refLong(
                "numeric_cash",
                (Numeric a) -> toLong(a.multiply(Numeric.of(100)), Long.MIN_VALUE, Long.MAX_VALUE, "money"));
        to.longRef("cash_numeric", a -> Numeric.of(a, 2));
        to.general("cash_div_cash", (call, a) -> {
            if (Arguments.number(a, 1) == 0) {
                throw Arithmetic.divisionByZero();
            }
            return (double) Arguments.number(a, 0) / Arguments.number(a, 1);
        });
    }
}
