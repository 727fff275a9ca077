package dev.strongroom.sql.execute;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.RecordValue;
import dev.strongroom.sql.function.Call;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.ScalarCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Expressions on arrays and rows: constructors, subscripts, slices, {@code op ANY (array)}, fields. */
public final class ArrayExprs {
    private ArrayExprs() {}

    /** {@code ARRAY[...]}. */
    public static Expr array(PgType type, List<Expr> elements) {
        return new ArrayOf(type, elements).shaped(new Shape.Other(List.copyOf(elements)));
    }

    /** {@code a[i][j]}. */
    public static Expr subscript(PgType type, Expr array, List<Expr> subscripts) {
        return new Subscript(type, array, subscripts);
    }

    /** {@code a[l:u]…}: lower and upper of each dimension; a constant null leaves a bound out. */
    public static Expr slice(PgType type, Expr array, List<Expr> bounds) {
        return new Slice(type, array, bounds);
    }

    /** {@code left op ANY (array)}, or ALL. */
    public static Expr quantified(FunctionSignature comparison, Expr left, Expr array, boolean all) {
        return new Quantified(comparison, left, array, all).shaped(new Shape.Quantified(comparison, left, array, all));
    }

    /** {@code ROW(...)}. */
    public static Expr row(List<Expr> fields, List<String> names) {
        return new RowOf(fields, names);
    }

    /** Field of a record, counted from 1. */
    public static Expr field(PgType type, Expr record, int number) {
        return new Field(type, record, number);
    }

    /** Arrays of the same shape as one array with a further dimension. */
    static PgArray nest(PgType elementType, @Nullable Object[] values) {
        PgArray first = null;
        List<@Nullable Object> all = new ArrayList<>();
        for (Object value : values) {
            PgArray inner = (PgArray) value;
            if (first == null) {
                first = inner;
            }
            if (inner == null || first == null || !Arrays.equals(inner.dims(), first.dims())) {
                throw ErrorReport.error(
                                ErrorCode.ARRAY_SUBSCRIPT_ERROR,
                                "multidimensional arrays must have array expressions with matching dimensions")
                        .exception();
            }
            all.addAll(Arrays.asList(inner.elements()));
        }
        if (first == null || first.size() == 0) {
            return PgArray.empty(elementType);
        }
        int[] dims = new int[first.dims().length + 1];
        dims[0] = values.length;
        System.arraycopy(first.dims(), 0, dims, 1, first.dims().length);
        int[] lower = new int[dims.length];
        Arrays.fill(lower, 1);
        return new PgArray(elementType, dims, lower, all.toArray());
    }

    private static final class ArrayOf extends Expr {
        private final Expr[] elements;
        private final PgType elementType;
        private final boolean nested;

        ArrayOf(PgType type, List<Expr> elements) {
            super(type);
            this.elements = elements.toArray(Expr[]::new);
            this.elementType = type.elementType().orElseThrow();
            this.nested = !elements.isEmpty() && elements.getFirst().type().isArray();
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            @Nullable Object[] values = new Object[elements.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = elements[i].evalBoxed(frame);
            }
            frame.nil = false;
            return nested ? nest(elementType, values) : PgArray.of(elementType, values);
        }
    }

    /** An expression of any storage whose value is computed boxed. */
    private abstract static class Boxed extends Expr {
        Boxed(PgType type) {
            super(type);
        }

        abstract @Nullable Object eval(Frame frame);

        private @Nullable Object checked(Frame frame) {
            Object value = eval(frame);
            frame.nil = value == null;
            return value;
        }

        @Override
        public long evalLong(Frame frame) {
            Object value = checked(frame);
            return value == null ? 0 : (Long) value;
        }

        @Override
        public double evalDouble(Frame frame) {
            Object value = checked(frame);
            return value == null ? 0 : (Double) value;
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            return checked(frame);
        }
    }

    private static final class Subscript extends Boxed {
        private final Expr array;
        private final Expr[] subscripts;

        Subscript(PgType type, Expr array, List<Expr> subscripts) {
            super(type);
            this.array = array;
            this.subscripts = subscripts.toArray(Expr[]::new);
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            PgArray value = (PgArray) array.evalRef(frame);
            if (value == null || value.dims().length != subscripts.length) {
                return null;
            }
            int index = 0;
            for (int i = 0; i < subscripts.length; i++) {
                long subscript = subscripts[i].evalLong(frame);
                long offset = subscript - value.lowerBounds()[i];
                if (frame.nil || offset < 0 || offset >= value.dims()[i]) {
                    return null;
                }
                index = index * value.dims()[i] + (int) offset;
            }
            return value.elements()[index];
        }
    }

    private static final class Slice extends Boxed {
        private final Expr array;
        private final Expr[] bounds;

        Slice(PgType type, Expr array, List<Expr> bounds) {
            super(type);
            this.array = array;
            this.bounds = bounds.toArray(Expr[]::new);
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            PgArray value = (PgArray) array.evalRef(frame);
            if (value == null) {
                return null;
            }
            int dimensions = value.dims().length;
            if (dimensions == 0 || bounds.length / 2 > dimensions) {
                return PgArray.empty(value.elementType());
            }
            int[] from = new int[dimensions];
            int[] lengths = new int[dimensions];
            for (int i = 0; i < dimensions; i++) {
                long first = value.lowerBounds()[i];
                long last = first + value.dims()[i] - 1;
                long lower = first;
                long upper = last;
                if (i * 2 < bounds.length) {
                    Long low = bound(frame, bounds[i * 2]);
                    Long high = bound(frame, bounds[i * 2 + 1]);
                    if (low == null && !bounds[i * 2].isConstant() || high == null && !bounds[i * 2 + 1].isConstant()) {
                        return null;
                    }
                    lower = low == null ? first : Math.max(low, first);
                    upper = high == null ? last : Math.min(high, last);
                }
                if (upper < lower) {
                    return PgArray.empty(value.elementType());
                }
                from[i] = (int) (lower - first);
                lengths[i] = (int) (upper - lower + 1);
            }
            return cut(value, from, lengths);
        }

        private static @Nullable Long bound(Frame frame, Expr expr) {
            return (Long) expr.evalBoxed(frame);
        }

        private static PgArray cut(PgArray value, int[] from, int[] lengths) {
            int total = 1;
            for (int length : lengths) {
                total *= length;
            }
            @Nullable Object[] elements = new Object[total];
            int[] at = new int[lengths.length];
            for (int i = 0; i < total; i++) {
                int index = 0;
                for (int d = 0; d < at.length; d++) {
                    index = index * value.dims()[d] + from[d] + at[d];
                }
                elements[i] = value.elements()[index];
                for (int d = at.length - 1; d >= 0 && ++at[d] == lengths[d]; d--) {
                    at[d] = 0;
                }
            }
            int[] lower = new int[lengths.length];
            Arrays.fill(lower, 1);
            return new PgArray(value.elementType(), lengths, lower, elements);
        }
    }

    private static final class Quantified extends Expr {
        private final FunctionSignature comparison;
        private final Expr left;
        private final Expr array;
        private final boolean all;
        private final ScalarCode.@Nullable LongsToLong longs;

        Quantified(FunctionSignature comparison, Expr left, Expr array, boolean all) {
            super(PgType.BOOL);
            this.comparison = comparison;
            this.left = left;
            this.array = array;
            this.all = all;
            this.longs = comparison.code() instanceof ScalarCode.LongsToLong code ? code : null;
        }

        @Override
        public long evalLong(Frame frame) {
            PgArray values = (PgArray) array.evalRef(frame);
            if (values == null) {
                return 0;
            }
            if (values.size() == 0) {
                return all ? 1 : 0;
            }
            return longs != null ? compareLongs(frame, longs, values) : compareObjects(frame, values);
        }

        private long compareLongs(Frame frame, ScalarCode.LongsToLong code, PgArray values) {
            long value = left.evalLong(frame);
            if (frame.nil) {
                return 0;
            }
            boolean sawNull = false;
            for (Object element : values.elements()) {
                if (element == null) {
                    sawNull = true;
                } else if (code.call(value, (Long) element) != 0 != all) {
                    return all ? 0 : 1;
                }
            }
            frame.nil = sawNull;
            return all ? 1 : 0;
        }

        private long compareObjects(Frame frame, PgArray values) {
            Object value = left.evalBoxed(frame);
            if (value == null) {
                return 0;
            }
            Call call = new Call(frame.context.session(), List.of(left.type(), values.elementType()), PgType.BOOL);
            boolean sawNull = false;
            for (Object element : values.elements()) {
                Object answer = element == null ? null : Invocation.call(comparison, call, value, element);
                if (answer == null) {
                    sawNull = true;
                } else if ((Long) answer != 0 != all) {
                    frame.nil = false;
                    return all ? 0 : 1;
                }
            }
            frame.nil = sawNull;
            return all ? 1 : 0;
        }
    }

    private static final class RowOf extends Expr {
        private final Expr[] fields;
        private final List<PgType> types;
        private final List<String> names;

        RowOf(List<Expr> fields, List<String> names) {
            super(PgType.RECORD);
            this.names = List.copyOf(names);
            this.fields = fields.toArray(Expr[]::new);
            this.types = fields.stream().map(Expr::type).toList();
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            @Nullable Object[] values = new Object[fields.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = fields[i].evalBoxed(frame);
            }
            frame.nil = false;
            return new RecordValue(types, names, values);
        }
    }

    private static final class Field extends Boxed {
        private final Expr record;
        private final int number;

        Field(PgType type, Expr record, int number) {
            super(type);
            this.record = record;
            this.number = number;
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            RecordValue value = (RecordValue) record.evalRef(frame);
            return value == null ? null : value.values()[number - 1];
        }
    }
}
