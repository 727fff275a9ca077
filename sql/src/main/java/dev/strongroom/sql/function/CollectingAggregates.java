package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Row;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** array_agg, string_agg, percentiles and mode: aggregates that keep their input. */
final class CollectingAggregates {
    private CollectingAggregates() {}

    static void define(Definitions to) {
        to.aggregate(
                "array_agg(anynonarray)",
                call -> new ArrayState(call.argumentTypes().getFirst()));
        to.aggregate(
                "array_agg(anyarray)",
                call -> new NestedArrayState(call.argumentTypes().getFirst()));
        to.aggregate("string_agg(text,text)", call -> new TextState());
        to.aggregate("string_agg(bytea,bytea)", call -> new BytesState());
        to.aggregate("percentile_cont(float8,float8)", Percentile::continuous);
        to.aggregate("percentile_cont(float8,interval)", Percentile::continuous);
        to.aggregate("percentile_cont(_float8,float8)", Percentile::continuous);
        to.aggregate("percentile_cont(_float8,interval)", Percentile::continuous);
        to.aggregate("percentile_disc(float8,anyelement)", Percentile::discrete);
        to.aggregate("percentile_disc(_float8,anyelement)", Percentile::discrete);
        to.aggregate("mode(anyelement)", Mode::new);
    }

    private static final class ArrayState extends Accumulator {
        private final PgType element;
        private final List<@Nullable Object> values = new ArrayList<>();

        ArrayState(PgType element) {
            this.element = element;
        }

        @Override
        public boolean wantsNulls() {
            return true;
        }

        @Override
        public void addAll(@Nullable Object[] arguments) {
            values.add(arguments[0]);
        }

        @Override
        public void result(Row into, int slot) {
            into.setRef(slot, values.isEmpty() ? null : PgArray.of(element, values.toArray()));
        }
    }

    private static final class NestedArrayState extends Accumulator {
        private final PgType element;
        private final List<PgArray> arrays = new ArrayList<>();

        NestedArrayState(PgType array) {
            this.element = array.elementType().orElse(array);
        }

        @Override
        public boolean wantsNulls() {
            return true;
        }

        @Override
        public void addAll(@Nullable Object[] arguments) {
            if (!(arguments[0] instanceof PgArray array)) {
                throw new DatabaseException(ErrorCode.NULL_VALUE_NOT_ALLOWED, "cannot accumulate null arrays");
            }
            if (array.size() == 0) {
                throw new DatabaseException(ErrorCode.ARRAY_SUBSCRIPT_ERROR, "cannot accumulate empty arrays");
            }
            if (!arrays.isEmpty() && !Arrays.equals(arrays.getFirst().dims(), array.dims())) {
                throw new DatabaseException(
                        ErrorCode.ARRAY_SUBSCRIPT_ERROR, "cannot accumulate arrays of different dimensionality");
            }
            arrays.add(array);
        }

        @Override
        public void result(Row into, int slot) {
            if (arrays.isEmpty()) {
                into.setNull(slot);
                return;
            }
            int[] inner = arrays.getFirst().dims();
            int[] dims = new int[inner.length + 1];
            int[] lower = new int[dims.length];
            dims[0] = arrays.size();
            System.arraycopy(inner, 0, dims, 1, inner.length);
            Arrays.fill(lower, 1);
            List<@Nullable Object> all = new ArrayList<>();
            arrays.forEach(array -> all.addAll(Arrays.asList(array.elements())));
            into.setRef(slot, new PgArray(element, dims, lower, all.toArray()));
        }
    }

    private static final class TextState extends Accumulator {
        private @Nullable StringBuilder text;

        @Override
        public void addAll(@Nullable Object[] arguments) {
            if (arguments[0] instanceof String value) {
                if (text == null) {
                    text = new StringBuilder(value);
                } else {
                    text.append(arguments[1] instanceof String delimiter ? delimiter : "")
                            .append(value);
                }
            }
        }

        @Override
        public void result(Row into, int slot) {
            into.setRef(slot, text == null ? null : text.toString());
        }
    }

    private static final class BytesState extends Accumulator {
        private @Nullable ByteArrayOutputStream bytes;

        @Override
        public void addAll(@Nullable Object[] arguments) {
            if (arguments[0] instanceof byte[] value) {
                if (bytes == null) {
                    bytes = new ByteArrayOutputStream();
                } else if (arguments[1] instanceof byte[] delimiter) {
                    bytes.writeBytes(delimiter);
                }
                bytes.writeBytes(value);
            }
        }

        @Override
        public void result(Row into, int slot) {
            into.setRef(slot, bytes == null ? null : bytes.toByteArray());
        }
    }

    /** The sorted input and the fractions asked for. */
    private static final class Percentile extends Accumulator {
        private final Call call;
        private final boolean continuous;
        private final List<Object> values = new ArrayList<>();
        private @Nullable Object fractions;

        private Percentile(Call call, boolean continuous) {
            this.call = call;
            this.continuous = continuous;
        }

        static Percentile continuous(Call call) {
            return new Percentile(call, true);
        }

        static Percentile discrete(Call call) {
            return new Percentile(call, false);
        }

        @Override
        public void direct(@Nullable Object[] arguments) {
            fractions = arguments[0];
        }

        @Override
        public void addLong(long value) {
            values.add(value);
        }

        @Override
        public void addDouble(double value) {
            values.add(value);
        }

        @Override
        public void addRef(Object value) {
            values.add(value);
        }

        @Override
        public void result(Row into, int slot) {
            Object result;
            if (fractions instanceof PgArray many) {
                @Nullable Object[] answers = new Object[many.size()];
                for (int i = 0; i < answers.length; i++) {
                    answers[i] = many.elements()[i] instanceof Double fraction ? at(fraction) : null;
                }
                PgType element = call.argumentTypes().getFirst();
                result = values.isEmpty() ? null : new PgArray(element, many.dims(), many.lowerBounds(), answers);
            } else {
                result = fractions instanceof Double fraction ? at(fraction) : null;
            }
            TypeCodecs.of(call.resultType()).unbox(result, into, slot);
        }

        private @Nullable Object at(double fraction) {
            if (fraction < 0 || fraction > 1 || Double.isNaN(fraction)) {
                throw new DatabaseException(
                        ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE,
                        "percentile value " + fraction + " is not between 0 and 1");
            }
            if (values.isEmpty()) {
                return null;
            }
            if (!continuous) {
                int index = (int) Math.ceil(fraction * values.size()) - 1;
                return values.get(Math.max(index, 0));
            }
            double place = fraction * (values.size() - 1);
            int first = (int) Math.floor(place);
            int second = (int) Math.ceil(place);
            Object low = values.get(first);
            Object high = values.get(second);
            double share = place - first;
            if (first == second) {
                return low;
            }
            if (low instanceof Interval from && high instanceof Interval to) {
                return Intervals.add(from, Intervals.multiply(Intervals.subtract(to, from), share));
            }
            return (Double) low + share * ((Double) high - (Double) low);
        }
    }

    /** The most frequent value, the first of them in order. */
    private static final class Mode extends Accumulator {
        private final Call call;
        private final ValueOrder order;
        private @Nullable Object best;
        private long bestCount;
        private @Nullable Object current;
        private long count;

        Mode(Call call) {
            this.call = call;
            this.order = ValueOrder.of(call.argumentTypes().getFirst());
        }

        @Override
        public void addLong(long value) {
            addRef(value);
        }

        @Override
        public void addDouble(double value) {
            addRef(value);
        }

        @Override
        public void addRef(Object value) {
            if (current != null && order.compareBoxed(current, value) == 0) {
                count++;
            } else {
                current = value;
                count = 1;
            }
            if (count > bestCount) {
                best = current;
                bestCount = count;
            }
        }

        @Override
        public void result(Row into, int slot) {
            TypeCodecs.of(call.resultType()).unbox(best, into, slot);
        }
    }
}
