package dev.strongroom.sql.function;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.Row;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** count, sum, avg, min, max, bool_and, bit_and and the like: aggregates whose state is one value. */
final class Aggregates {
    private Aggregates() {}

    static void define(Definitions to) {
        to.aggregate("count()", call -> new Count());
        to.aggregate("count(any)", call -> new Count());
        to.aggregate("sum(int2)", call -> new LongSum());
        to.aggregate("sum(int4)", call -> new LongSum());
        to.aggregate("sum(int8)", call -> new WideSum(false));
        to.aggregate("sum(numeric)", call -> new NumericSum(false));
        to.aggregate("sum(float4)", call -> new DoubleSum(false, true));
        to.aggregate("sum(float8)", call -> new DoubleSum(false, false));
        to.aggregate("sum(interval)", call -> new IntervalSum(false));
        to.aggregate("sum(money)", call -> new LongSum());
        to.aggregate("avg(int2)", call -> new WideSum(true));
        to.aggregate("avg(int4)", call -> new WideSum(true));
        to.aggregate("avg(int8)", call -> new WideSum(true));
        to.aggregate("avg(numeric)", call -> new NumericSum(true));
        to.aggregate("avg(float4)", call -> new DoubleSum(true, false));
        to.aggregate("avg(float8)", call -> new DoubleSum(true, false));
        to.aggregate("avg(interval)", call -> new IntervalSum(true));
        for (String type : new String[] {
            "int2",
            "int4",
            "int8",
            "oid",
            "float4",
            "float8",
            "numeric",
            "text",
            "bpchar",
            "date",
            "time",
            "timetz",
            "timestamp",
            "timestamptz",
            "interval",
            "money",
            "anyarray"
        }) {
            to.aggregate("min(" + type + ")", call -> extreme(call, -1));
            to.aggregate("max(" + type + ")", call -> extreme(call, 1));
        }
        to.aggregate("bool_and(bool)", call -> new Bits(Bits.AND));
        to.aggregate("bool_or(bool)", call -> new Bits(Bits.OR));
        to.aggregate("every(bool)", call -> new Bits(Bits.AND));
        for (String type : new String[] {"int2", "int4", "int8"}) {
            to.aggregate("bit_and(" + type + ")", call -> new Bits(Bits.AND));
            to.aggregate("bit_or(" + type + ")", call -> new Bits(Bits.OR));
            to.aggregate("bit_xor(" + type + ")", call -> new Bits(Bits.XOR));
        }
    }

    private static Accumulator extreme(Call call, int sign) {
        PgType type = call.resultType();
        return switch (type.storage()) {
            case LONG -> new LongExtreme(sign);
            case DOUBLE -> new DoubleExtreme(sign);
            case REF -> new RefExtreme(ValueOrder.of(type), sign);
        };
    }

    /** Counts rows, or non-null arguments. */
    private static final class Count extends Accumulator {
        private long count;

        @Override
        public void addLong(long value) {
            count++;
        }

        @Override
        public void addDouble(double value) {
            count++;
        }

        @Override
        public void addRef(Object value) {
            count++;
        }

        @Override
        public void addAll(@Nullable Object[] arguments) {
            count++;
        }

        @Override
        public void result(Row into, int slot) {
            into.setLong(slot, count);
        }
    }

    /** Sum that fits a bigint. */
    private static final class LongSum extends Accumulator {
        private long sum;
        private boolean any;

        @Override
        public void addLong(long value) {
            sum = Arithmetic.add(sum, value);
            any = true;
        }

        @Override
        public void result(Row into, int slot) {
            if (any) {
                into.setLong(slot, sum);
            } else {
                into.setNull(slot);
            }
        }
    }

    /** Sum or average of integers as numeric: 128 bits of carry-save, so that adding allocates nothing. */
    private static final class WideSum extends Accumulator {
        private final boolean average;
        private long low;
        private long high;
        private long count;

        WideSum(boolean average) {
            this.average = average;
        }

        @Override
        public void addLong(long value) {
            long sum = low + value;
            boolean carry = Long.compareUnsigned(sum, low) < 0;
            low = sum;
            high += (value >> 63) + (carry ? 1 : 0);
            count++;
        }

        @Override
        public void result(Row into, int slot) {
            if (count == 0) {
                into.setNull(slot);
                return;
            }
            BigInteger lowPart = BigInteger.valueOf(low >>> 1).shiftLeft(1).add(BigInteger.valueOf(low & 1));
            Numeric sum = Numeric.of(BigInteger.valueOf(high).shiftLeft(64).add(lowPart));
            into.setRef(slot, average ? sum.divide(Numeric.of(count)) : sum);
        }
    }

    /** Sum or average of numeric. */
    private static final class NumericSum extends Accumulator {
        private final boolean average;
        private Numeric sum = Numeric.ZERO;
        private long count;
        private long compact;
        private int scale = -1;

        NumericSum(boolean average) {
            this.average = average;
        }

        @Override
        public void addRef(Object value) {
            count++;
            Numeric number = (Numeric) value;
            if (number.isFinite() && number.scale() <= 18) {
                BigDecimal decimal = number.toBigDecimal();
                if (decimal.precision() <= 17 && (scale < 0 || scale == decimal.scale())) {
                    long next = compact + decimal.unscaledValue().longValue();
                    scale = decimal.scale();
                    compact = next;
                    if (Math.abs(next) > Long.MAX_VALUE / 4) {
                        flush();
                    }
                    return;
                }
            }
            flush();
            sum = sum.add(number);
        }

        private void flush() {
            if (scale >= 0) {
                sum = sum.add(Numeric.of(compact, scale));
                compact = 0;
                scale = -1;
            }
        }

        @Override
        public void result(Row into, int slot) {
            flush();
            into.setRef(slot, count == 0 ? null : average ? sum.divide(Numeric.of(count)) : sum);
        }
    }

    /** Sum or average of floats. */
    private static final class DoubleSum extends Accumulator {
        private final boolean average;
        private final boolean single;
        private double sum;
        private long count;

        DoubleSum(boolean average, boolean single) {
            this.average = average;
            this.single = single;
        }

        @Override
        public void addDouble(double value) {
            double before = sum;
            sum = single ? (float) (sum + value) : sum + value;
            FloatFunctions.checked(sum, Double.isInfinite(before) || Double.isInfinite(value), true);
            count++;
        }

        @Override
        public void result(Row into, int slot) {
            if (count == 0) {
                into.setNull(slot);
            } else {
                into.setDouble(slot, average ? sum / count : sum);
            }
        }
    }

    /** Sum or average of intervals. */
    private static final class IntervalSum extends Accumulator {
        private final boolean average;
        private Interval sum = Interval.ZERO;
        private long count;

        IntervalSum(boolean average) {
            this.average = average;
        }

        @Override
        public void addRef(Object value) {
            sum = Intervals.add(sum, (Interval) value);
            count++;
        }

        @Override
        public void result(Row into, int slot) {
            into.setRef(slot, count == 0 ? null : average ? Intervals.divide(sum, count) : sum);
        }
    }

    private static final class LongExtreme extends Accumulator {
        private final int sign;
        private long best;
        private boolean any;

        LongExtreme(int sign) {
            this.sign = sign;
        }

        @Override
        public void addLong(long value) {
            if (!any || (sign > 0 ? value > best : value < best)) {
                best = value;
                any = true;
            }
        }

        @Override
        public void result(Row into, int slot) {
            if (any) {
                into.setLong(slot, best);
            } else {
                into.setNull(slot);
            }
        }
    }

    private static final class DoubleExtreme extends Accumulator {
        private final int sign;
        private double best;
        private boolean any;

        DoubleExtreme(int sign) {
            this.sign = sign;
        }

        @Override
        public void addDouble(double value) {
            if (!any || ValueOrder.compareDoubles(value, best) * sign > 0) {
                best = value;
                any = true;
            }
        }

        @Override
        public void result(Row into, int slot) {
            if (any) {
                into.setDouble(slot, best);
            } else {
                into.setNull(slot);
            }
        }
    }

    private static final class RefExtreme extends Accumulator {
        private final ValueOrder order;
        private final int sign;
        private @Nullable Object best;

        RefExtreme(ValueOrder order, int sign) {
            this.order = order;
            this.sign = sign;
        }

        @Override
        public void addRef(Object value) {
            if (best == null || order.compareBoxed(value, best) * sign > 0) {
                best = value;
            }
        }

        @Override
        public void result(Row into, int slot) {
            into.setRef(slot, best);
        }
    }

    /** bool_and, bit_or and the like. */
    private static final class Bits extends Accumulator {
        static final int AND = 0;
        static final int OR = 1;
        static final int XOR = 2;

        private final int operation;
        private long bits;
        private boolean any;

        Bits(int operation) {
            this.operation = operation;
        }

        @Override
        public void addLong(long value) {
            if (!any) {
                bits = value;
                any = true;
            } else if (operation == AND) {
                bits &= value;
            } else {
                bits = operation == OR ? bits | value : bits ^ value;
            }
        }

        @Override
        public void result(Row into, int slot) {
            if (any) {
                into.setLong(slot, bits);
            } else {
                into.setNull(slot);
            }
        }
    }
}
