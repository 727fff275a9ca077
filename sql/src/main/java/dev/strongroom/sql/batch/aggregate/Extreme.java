package dev.strongroom.sql.batch.aggregate;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.function.ValueOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** min and max: of equal values the first stays. */
abstract class Extreme extends VectorAggregate {
    final int sign;
    boolean[] any = {};

    private Extreme(int sign) {
        this.sign = sign;
    }

    /** For a type; null where only the row style knows it. */
    static @Nullable VectorAggregate of(PgType type, int sign) {
        return switch (type.storage()) {
            case LONG -> new Longs(sign);
            case DOUBLE -> new Doubles(sign);
            case REF ->
                switch (type.name()) {
                    case "numeric", "text", "varchar" -> new References(type, sign);
                    default -> null;
                };
        };
    }

    @Override
    void grow(int groups) {
        any = Arrays.copyOf(any, groups);
    }

    @Override
    public int bytesPerGroup() {
        return Long.BYTES + 1;
    }

    private static final class Longs extends Extreme {
        private long[] best = {};

        Longs(int sign) {
            super(sign);
        }

        @Override
        void grow(int groups) {
            super.grow(groups);
            best = grown(best, groups);
        }

        @Override
        public void add(Batch batch, @Nullable Vector argument, int @Nullable [] rows, int count, int[] groups) {
            long[] values = Objects.requireNonNull(argument).longs();
            boolean largest = sign > 0;
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                int group = groups[row];
                long value = values[row];
                if (!any[group] || (largest ? value > best[group] : value < best[group])) {
                    best[group] = value;
                    any[group] = true;
                }
            }
        }

        @Override
        public void result(int firstGroup, int count, Vector into) {
            into.reset(Vector.Form.LONGS);
            for (int i = 0; i < count; i++) {
                into.longs()[i] = best[firstGroup + i];
                if (!any[firstGroup + i]) {
                    into.setNull(i);
                }
            }
        }
    }

    private static final class Doubles extends Extreme {
        private double[] best = {};

        Doubles(int sign) {
            super(sign);
        }

        @Override
        void grow(int groups) {
            super.grow(groups);
            best = Arrays.copyOf(best, groups);
        }

        @Override
        public void add(Batch batch, @Nullable Vector argument, int @Nullable [] rows, int count, int[] groups) {
            double[] values = Objects.requireNonNull(argument).doubles();
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                int group = groups[row];
                if (!any[group] || ValueOrder.compareDoubles(values[row], best[group]) * sign > 0) {
                    best[group] = values[row];
                    any[group] = true;
                }
            }
        }

        @Override
        public void result(int firstGroup, int count, Vector into) {
            into.reset(Vector.Form.DOUBLES);
            for (int i = 0; i < count; i++) {
                into.doubles()[i] = best[firstGroup + i];
                if (!any[firstGroup + i]) {
                    into.setNull(i);
                }
            }
        }
    }

    /** Numerics and text: compared as decimals or bytes where they come so, made objects only when they win. */
    private static final class References extends Extreme {
        private final ValueOrder order;
        private @Nullable Object[] best = {};
        /** The best value again as a decimal or as UTF-8. */
        private long[] unscaled = {};

        private int[] scales = {};
        private byte[] @Nullable [] texts = {};

        References(PgType type, int sign) {
            super(sign);
            this.order = ValueOrder.of(type);
        }

        @Override
        void grow(int groups) {
            super.grow(groups);
            best = Arrays.copyOf(best, groups);
            unscaled = grown(unscaled, groups);
            scales = Arrays.copyOf(scales, groups);
            texts = Arrays.copyOf(texts, groups);
        }

        @Override
        public void add(Batch batch, @Nullable Vector argument, int @Nullable [] rows, int count, int[] groups) {
            Vector vector = Objects.requireNonNull(argument);
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                int group = groups[row];
                if (!any[group] || compare(vector, row, group) * sign > 0) {
                    take(vector, row, group);
                    any[group] = true;
                }
            }
        }

        private int compare(Vector vector, int row, int group) {
            byte[] text = texts[group];
            if (vector.form() == Vector.Form.DECIMALS && scales[group] == vector.scale() + 1) {
                return Long.compare(vector.longs()[row], unscaled[group]);
            }
            if (vector.form() == Vector.Form.BYTES && text != null) {
                long range = vector.longs()[row];
                int from = Vector.start(range);
                return Arrays.compareUnsigned(vector.heap(), from, from + Vector.length(range), text, 0, text.length);
            }
            return order.compareBoxed(Objects.requireNonNull(vector.ref(row)), Objects.requireNonNull(value(group)));
        }

        private void take(Vector vector, int row, int group) {
            scales[group] = 0;
            texts[group] = null;
            best[group] = null;
            switch (vector.form()) {
                case DECIMALS -> {
                    unscaled[group] = vector.longs()[row];
                    scales[group] = vector.scale() + 1;
                }
                case BYTES -> {
                    int from = Vector.start(vector.longs()[row]);
                    texts[group] = Arrays.copyOfRange(vector.heap(), from, from + Vector.length(vector.longs()[row]));
                }
                case OBJECTS, LONGS, DOUBLES -> best[group] = vector.ref(row);
            }
        }

        private @Nullable Object value(int group) {
            byte[] text = texts[group];
            if (text != null) {
                return new String(text, java.nio.charset.StandardCharsets.UTF_8);
            }
            return scales[group] > 0 ? Numeric.of(unscaled[group], scales[group] - 1) : best[group];
        }

        @Override
        public void result(int firstGroup, int count, Vector into) {
            into.reset(Vector.Form.OBJECTS);
            for (int i = 0; i < count; i++) {
                into.setRef(i, any[firstGroup + i] ? value(firstGroup + i) : null);
            }
        }

        @Override
        public int bytesPerGroup() {
            return 64;
        }
    }
}
