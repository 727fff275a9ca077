package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;

/** float4 and float8: arithmetic, comparisons, conversions, mathematics. */
final class FloatFunctions {
    private FloatFunctions() {}

    static void define(Definitions to) {
        for (String pair : new String[] {"4", "8", "48", "84"}) {
            arithmetic(to, "float" + pair, pair.equals("4"));
            comparisons(to, "float" + pair);
            to.doublesLong("btfloat" + pair + "cmp", ValueOrder::compareDoubles);
        }
        for (String type : new String[] {"float4", "float8"}) {
            to.doubleDouble(type + "um", a -> -a);
            to.doubleDouble(type + "up", a -> a);
            to.doubleDouble(type + "abs", Math::abs);
            to.doublesDouble(type + "larger", (a, b) -> ValueOrder.compareDoubles(a, b) > 0 ? a : b);
            to.doublesDouble(type + "smaller", (a, b) -> ValueOrder.compareDoubles(a, b) < 0 ? a : b);
        }
        conversions(to);
        rounding(to);
        powers(to);
        trigonometry(to);
        hyperbolic(to);
    }

    private static void arithmetic(Definitions to, String type, boolean single) {
        if (single) {
            to.doublesDouble(type + "pl", (a, b) -> single((float) (a + b), isInfinite(a, b), true));
            to.doublesDouble(type + "mi", (a, b) -> single((float) (a - b), isInfinite(a, b), true));
            to.doublesDouble(type + "mul", (a, b) -> single((float) (a * b), isInfinite(a, b), a == 0 || b == 0));
            to.doublesDouble(type + "div", (a, b) -> {
                checkDivisor(a, b);
                return single((float) (a / b), Double.isInfinite(a), a == 0 || Double.isInfinite(b));
            });
        } else {
            to.doublesDouble(type + "pl", (a, b) -> checked(a + b, isInfinite(a, b), true));
            to.doublesDouble(type + "mi", (a, b) -> checked(a - b, isInfinite(a, b), true));
            to.doublesDouble(type + "mul", (a, b) -> checked(a * b, isInfinite(a, b), a == 0 || b == 0));
            to.doublesDouble(type + "div", (a, b) -> {
                checkDivisor(a, b);
                return checked(a / b, Double.isInfinite(a), a == 0 || Double.isInfinite(b));
            });
        }
    }

    private static void checkDivisor(double a, double b) {
        if (b == 0 && !Double.isNaN(a)) {
            throw Arithmetic.divisionByZero();
        }
    }

    private static boolean isInfinite(double a, double b) {
        return Double.isInfinite(a) || Double.isInfinite(b);
    }

    private static double single(float value, boolean infiniteInput, boolean zeroAllowed) {
        return checked(value, infiniteInput, zeroAllowed);
    }

    /** Refuses an infinity or zero that no argument explains. */
    static double checked(double value, boolean infinityAllowed, boolean zeroAllowed) {
        if (Double.isInfinite(value) && !infinityAllowed) {
            throw new DatabaseException(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow");
        }
        if (value == 0 && !zeroAllowed) {
            throw new DatabaseException(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: underflow");
        }
        return value;
    }

    private static void comparisons(Definitions to, String type) {
        to.doublesLong(type + "eq", (a, b) -> ValueOrder.compareDoubles(a, b) == 0 ? 1 : 0);
        to.doublesLong(type + "ne", (a, b) -> ValueOrder.compareDoubles(a, b) != 0 ? 1 : 0);
        to.doublesLong(type + "lt", (a, b) -> ValueOrder.compareDoubles(a, b) < 0 ? 1 : 0);
        to.doublesLong(type + "le", (a, b) -> ValueOrder.compareDoubles(a, b) <= 0 ? 1 : 0);
        to.doublesLong(type + "gt", (a, b) -> ValueOrder.compareDoubles(a, b) > 0 ? 1 : 0);
        to.doublesLong(type + "ge", (a, b) -> ValueOrder.compareDoubles(a, b) >= 0 ? 1 : 0);
    }

    private static void conversions(Definitions to) {
        for (String type : new String[] {"i2", "i4", "i8"}) {
            to.longDouble(type + "tod", a -> (double) a);
            to.longDouble(type + "tof", a -> (float) a);
        }
        for (String type : new String[] {"d", "f"}) {
            to.doubleLong(type + "toi2", a -> toLong(a, Short.MIN_VALUE, Short.MAX_VALUE, "smallint"));
            to.doubleLong(type + "toi4", a -> toLong(a, Integer.MIN_VALUE, Integer.MAX_VALUE, "integer"));
            to.doubleLong(type + "toi8", a -> toLong(a, Long.MIN_VALUE, Long.MAX_VALUE, "bigint"));
        }
        to.doubleDouble("ftod", a -> a);
        to.doubleDouble("dtof", a -> checked((float) a, Double.isInfinite(a), a == 0));
    }

    private static long toLong(double value, long minimum, long maximum, String type) {
        double rounded = Math.rint(value);
        boolean fits = rounded >= minimum && (maximum == Long.MAX_VALUE ? rounded < 0x1p63 : rounded <= maximum);
        if (!fits) {
            throw Arithmetic.outOfRange(type);
        }
        return (long) rounded;
    }

    private static void rounding(Definitions to) {
        to.doubleDouble("dround", Math::rint);
        to.doubleDouble("dtrunc", a -> a < 0 ? Math.ceil(a) : Math.floor(a));
        to.doubleDouble("dceil", Math::ceil);
        to.doubleDouble("dfloor", Math::floor);
        to.doubleDouble("dsign", a -> a > 0 ? 1 : a < 0 ? -1 : 0);
        to.doubleDouble("degrees", Math::toDegrees);
        to.doubleDouble("radians", Math::toRadians);
        to.general("dpi", (call, a) -> Math.PI);
        to.general("drandom", (call, a) -> (call.session().randomness().nextLong() >>> 11) * 0x1p-53);
        to.general("setseed", (call, a) -> "");
        to.general("width_bucket_float8", (call, a) -> {
            double low = Arguments.real(a, 1);
            double high = Arguments.real(a, 2);
            return bucket(Arguments.real(a, 0), low, high, Arguments.number(a, 3));
        });
    }

    private static long bucket(double value, double low, double high, long count) {
        if (count <= 0) {
            throw bucketError("count must be greater than zero");
        }
        if (Double.isNaN(value) || Double.isNaN(low) || Double.isNaN(high)) {
            throw bucketError("operand, lower bound, and upper bound cannot be NaN");
        }
        if (low == high) {
            throw bucketError("lower bound cannot equal upper bound");
        }
        boolean ascending = low < high;
        if (ascending ? value < low : value > low) {
            return 0;
        }
        if (ascending ? value >= high : value <= high) {
            return count + 1;
        }
        return Math.min(count, (long) (count * ((value - low) / (high - low))) + 1);
    }

    static DatabaseException bucketError(String message) {
        return new DatabaseException(ErrorCode.INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION, message);
    }

    private static void powers(Definitions to) {
        to.doubleDouble("dsqrt", a -> {
            if (a < 0) {
                throw new DatabaseException(
                        ErrorCode.INVALID_ARGUMENT_FOR_POWER_FUNCTION, "cannot take square root of a negative number");
            }
            return Math.sqrt(a);
        });
        to.doubleDouble("dcbrt", Math::cbrt);
        to.doubleDouble("dexp", a -> checked(Math.exp(a), Double.isInfinite(a), Double.isInfinite(a)));
        to.doubleDouble("dlog1", a -> Math.log(logarithmArgument(a)));
        to.doubleDouble("dlog10", a -> Math.log10(logarithmArgument(a)));
        to.doublesDouble("dpow", FloatFunctions::power);
    }

    private static double logarithmArgument(double value) {
        if (value == 0) {
            throw new DatabaseException(ErrorCode.INVALID_ARGUMENT_FOR_LOGARITHM, "cannot take logarithm of zero");
        }
        if (value < 0) {
            throw new DatabaseException(
                    ErrorCode.INVALID_ARGUMENT_FOR_LOGARITHM, "cannot take logarithm of a negative number");
        }
        return value;
    }

    private static double power(double a, double b) {
        if (a == 1 || b == 0) {
            return 1;
        }
        if (a == 0 && b < 0) {
            throw new DatabaseException(
                    ErrorCode.INVALID_ARGUMENT_FOR_POWER_FUNCTION, "zero raised to a negative power is undefined");
        }
        if (a < 0 && !Double.isInfinite(b) && Math.rint(b) != b) {
            throw new DatabaseException(
                    ErrorCode.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
                    "a negative number raised to a non-integer power yields a complex result");
        }
        return checked(Math.pow(a, b), isInfinite(a, b), a == 0 || isInfinite(a, b));
    }

    private static void trigonometry(Definitions to) {
        to.doubleDouble("dsin", a -> Math.sin(finite(a)));
        to.doubleDouble("dcos", a -> Math.cos(finite(a)));
        to.doubleDouble("dtan", a -> Math.tan(finite(a)));
        to.doubleDouble("dcot", a -> 1 / Math.tan(finite(a)));
        to.doubleDouble("dasin", a -> Math.asin(unit(a)));
        to.doubleDouble("dacos", a -> Math.acos(unit(a)));
        to.doubleDouble("datan", Math::atan);
        to.doublesDouble("datan2", Math::atan2);
        to.doubleDouble("dsind", a -> sinDegrees(finite(a)));
        to.doubleDouble("dcosd", a -> sinDegrees(90 - Math.abs(finite(a) % 360)));
        to.doubleDouble("dtand", a -> sinDegrees(finite(a)) / sinDegrees(90 - Math.abs(a % 360)));
        to.doubleDouble("dcotd", a -> sinDegrees(90 - Math.abs(finite(a) % 360)) / sinDegrees(a));
        to.doubleDouble("dasind", a -> exactDegrees(Math.asin(unit(a))));
        to.doubleDouble("dacosd", a -> exactDegrees(Math.acos(unit(a))));
        to.doubleDouble("datand", a -> exactDegrees(Math.atan(a)));
        to.doublesDouble("datan2d", (a, b) -> exactDegrees(Math.atan2(a, b)));
    }

    private static double finite(double value) {
        if (Double.isInfinite(value)) {
            throw inputOutOfRange();
        }
        return value;
    }

    private static double unit(double value) {
        if (value < -1 || value > 1) {
            throw inputOutOfRange();
        }
        return value;
    }

    private static DatabaseException inputOutOfRange() {
        return new DatabaseException(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "input is out of range");
    }

    /** Sine of degrees, exact at multiples of 30. */
    private static double sinDegrees(double degrees) {
        double angle = degrees % 360;
        if (angle < 0) {
            return -sinDegrees(-angle);
        }
        if (angle > 180) {
            return -sinDegrees(angle - 180);
        }
        if (angle > 90) {
            angle = 180 - angle;
        }
        if (angle == 0) {
            return 0;
        }
        if (angle == 30) {
            return 0.5;
        }
        return angle == 90 ? 1 : Math.sin(Math.toRadians(angle));
    }

    /** Degrees, with the usual angles made exact. */
    private static double exactDegrees(double radians) {
        double degrees = Math.toDegrees(radians);
        double near = Math.rint(degrees / 15) * 15;
        return Math.abs(degrees - near) < 1e-12 ? near : degrees;
    }

    private static void hyperbolic(Definitions to) {
        to.doubleDouble("dsinh", Math::sinh);
        to.doubleDouble("dcosh", Math::cosh);
        to.doubleDouble("dtanh", Math::tanh);
        to.doubleDouble("dasinh", a -> Math.signum(a) * Math.log(Math.abs(a) + Math.sqrt(a * a + 1)));
        to.doubleDouble("dacosh", a -> {
            if (a < 1) {
                throw inputOutOfRange();
            }
            return Math.log(a + Math.sqrt(a * a - 1));
        });
        to.doubleDouble("datanh", a -> 0.5 * Math.log((1 + unit(a)) / (1 - a)));
    }
}
