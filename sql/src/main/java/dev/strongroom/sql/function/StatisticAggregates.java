package dev.strongroom.sql.function;

import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.Row;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Variance, standard deviation, covariance, correlation and linear regression. */
final class StatisticAggregates {
    private StatisticAggregates() {}

    static void define(Definitions to) {
        for (String type : new String[] {"int2", "int4", "int8", "numeric", "float4", "float8"}) {
            boolean real = type.startsWith("float");
            define(to, "variance", type, real, true, false);
            define(to, "var_samp", type, real, true, false);
            define(to, "var_pop", type, real, false, false);
            define(to, "stddev", type, real, true, true);
            define(to, "stddev_samp", type, real, true, true);
            define(to, "stddev_pop", type, real, false, true);
        }
        pair(to, "corr", s -> s.n < 1 || s.sxx == 0 || s.syy == 0 ? null : (Object) (s.sxy / Math.sqrt(s.sxx * s.syy)));
        pair(to, "covar_pop", s -> s.n < 1 ? null : (Object) (s.sxy / s.n));
        pair(to, "covar_samp", s -> s.n < 2 ? null : (Object) (s.sxy / (s.n - 1)));
        pair(to, "regr_avgx", s -> s.n < 1 ? null : (Object) (s.sx / s.n));
        pair(to, "regr_avgy", s -> s.n < 1 ? null : (Object) (s.sy / s.n));
        pair(to, "regr_sxx", s -> s.n < 1 ? null : (Object) s.sxx);
        pair(to, "regr_syy", s -> s.n < 1 ? null : (Object) s.syy);
        pair(to, "regr_sxy", s -> s.n < 1 ? null : (Object) s.sxy);
        pair(to, "regr_slope", s -> s.n < 1 || s.sxx == 0 ? null : (Object) (s.sxy / s.sxx));
        pair(to, "regr_intercept", s -> s.n < 1 || s.sxx == 0 ? null : (Object) ((s.sy - s.sx * s.sxy / s.sxx) / s.n));
        pair(
                to,
                "regr_r2",
                s -> s.n < 1 || s.sxx == 0
                        ? null
                        : s.syy == 0 ? (Object) 1.0 : (Object) (s.sxy * s.sxy / (s.sxx * s.syy)));
        pair(to, "regr_count", s -> (long) s.n);
    }

    private static void define(Definitions to, String name, String type, boolean real, boolean sample, boolean root) {
        to.aggregate(
                name + "(" + type + ")",
                call -> real ? new DoubleVariance(sample, root) : new NumericVariance(sample, root));
    }

    private static void pair(Definitions to, String name, Answer answer) {
        to.aggregate(name + "(float8,float8)", call -> new Pairs(answer));
    }

    /** Youngs and Cramer's update, as PostgreSQL does it. */
    private static final class DoubleVariance extends Accumulator {
        private final boolean sample;
        private final boolean root;
        private double n;
        private double sum;
        private double squares;

        DoubleVariance(boolean sample, boolean root) {
            this.sample = sample;
            this.root = root;
        }

        @Override
        public void addDouble(double value) {
            n++;
            sum += value;
            if (n > 1) {
                double distance = value * n - sum;
                squares += distance * distance / (n * (n - 1));
            } else if (Double.isNaN(value) || Double.isInfinite(value)) {
                squares = Double.NaN;
            }
        }

        @Override
        public void result(Row into, int slot) {
            if (n == 0 || sample && n <= 1) {
                into.setNull(slot);
                return;
            }
            double variance = squares / (sample ? n - 1 : n);
            into.setDouble(slot, root ? Math.sqrt(variance) : variance);
        }
    }

    private static final class NumericVariance extends Accumulator {
        private final boolean sample;
        private final boolean root;
        private long n;
        private BigDecimal sum = BigDecimal.ZERO;
        private BigDecimal squares = BigDecimal.ZERO;
        private boolean special;

        NumericVariance(boolean sample, boolean root) {
            this.sample = sample;
            this.root = root;
        }

        @Override
        public void addLong(long value) {
            add(BigDecimal.valueOf(value));
        }

        @Override
        public void addRef(Object value) {
            Numeric number = (Numeric) value;
            if (number.isFinite()) {
                add(number.toBigDecimal());
            } else {
                n++;
                special = true;
            }
        }

        private void add(BigDecimal value) {
            n++;
            sum = sum.add(value);
            squares = squares.add(value.multiply(value));
        }

        @Override
        public void result(Row into, int slot) {
            if (n == 0 || sample && n <= 1) {
                into.setNull(slot);
                return;
            }
            if (special) {
                into.setRef(slot, Numeric.NAN);
                return;
            }
            BigDecimal count = BigDecimal.valueOf(n);
            BigDecimal numerator = count.multiply(squares).subtract(sum.multiply(sum));
            if (numerator.signum() <= 0) {
                into.setRef(slot, Numeric.ZERO);
                return;
            }
            BigInteger divisor = BigInteger.valueOf(n).multiply(BigInteger.valueOf(sample ? n - 1 : n));
            Numeric variance = Numeric.of(numerator).divide(Numeric.of(divisor));
            if (!root) {
                into.setRef(slot, variance);
                return;
            }
            Numeric exact =
                    Numeric.of(numerator.divide(new BigDecimal(divisor), variance.scale() + 20, RoundingMode.HALF_UP));
            into.setRef(slot, NumericMath.sqrt(exact).round(variance.scale()));
        }
    }

    /** What a regression asks of the sums. */
    @FunctionalInterface
    private interface Answer {
        @Nullable
        Object of(Pairs sums);
    }

    /** Sums over pairs (y, x) of which neither is null. */
    private static final class Pairs extends Accumulator {
        private final Answer answer;
        private double n;
        private double sx;
        private double sy;
        private double sxx;
        private double syy;
        private double sxy;

        Pairs(Answer answer) {
            this.answer = answer;
        }

        @Override
        public void addAll(@Nullable Object[] arguments) {
            if (!(arguments[0] instanceof Double y) || !(arguments[1] instanceof Double x)) {
                return;
            }
            n++;
            sx += x;
            sy += y;
            if (n > 1) {
                double dx = x * n - sx;
                double dy = y * n - sy;
                double scale = 1.0 / (n * (n - 1));
                sxx += dx * dx * scale;
                syy += dy * dy * scale;
                sxy += dx * dy * scale;
            }
        }

        @Override
        public void result(Row into, int slot) {
            switch (answer.of(this)) {
                case null -> into.setNull(slot);
                case Double value -> into.setDouble(slot, value);
                case Long value -> into.setLong(slot, value);
                case Object value -> into.setRef(slot, value);
            }
        }
    }
}
