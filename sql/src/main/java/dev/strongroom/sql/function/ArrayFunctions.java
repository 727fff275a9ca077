package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.PgArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions of arrays. */
final class ArrayFunctions {
    /** Elements that are made in microseconds. */
    private static final int SHORT = 1 << 14;

    private ArrayFunctions() {}

    static void define(Definitions to) {
        shapes(to);
        to.general("array_append", (call, a) -> append(element(call, 1), (PgArray) a[0], a[1]));
        to.general("array_prepend", (call, a) -> prepend(element(call, 0), a[0], (PgArray) a[1]));
        to.general("array_cat", (call, a) -> concatenate((PgArray) a[0], (PgArray) a[1]));
        to.general("array_position", (call, a) -> position(call, a, 1));
        to.general("array_position_start", (call, a) -> position(call, a, a[2] == null ? 1 : Arguments.number(a, 2)));
        to.general("array_positions", ArrayFunctions::positions);
        to.general("array_remove", (call, a) -> replace(call, a, true));
        to.general("array_replace", (call, a) -> replace(call, a, false));
        to.general("array_fill", (call, a) -> fill(call.argumentTypes().getFirst(), a[0], a[1], null));
        to.general(
                "array_fill_with_lower_bounds",
                (call, a) -> fill(call.argumentTypes().getFirst(), a[0], a[1], a[2]));
        to.general("trim_array", (call, a) -> trim((PgArray) Arguments.ref(a, 0), Arguments.number(a, 1)));
        to.general("arraycontains", (call, a) -> contains(array(a, 0), array(a, 1)) ? 1L : 0L);
        to.general("arraycontained", (call, a) -> contains(array(a, 1), array(a, 0)) ? 1L : 0L);
        to.general("arrayoverlap", (call, a) -> overlaps(array(a, 0), array(a, 1)) ? 1L : 0L);
        to.general("array_larger", (call, a) -> larger(call, a) ? a[0] : a[1]);
        to.general("array_smaller", (call, a) -> larger(call, a) ? a[1] : a[0]);
        to.set("array_unnest", (call, a) -> elements((PgArray) a[0]));
        to.set("generate_subscripts_nodir", (call, a) -> subscripts(array(a, 0), Arguments.number(a, 1), false));
        to.set(
                "generate_subscripts",
                (call, a) -> subscripts(array(a, 0), Arguments.number(a, 1), Arguments.truth(a, 2)));
    }

    private static PgArray array(@Nullable Object[] a, int index) {
        return (PgArray) Arguments.ref(a, index);
    }

    private static PgType element(Call call, int argument) {
        PgType type = call.argumentTypes().get(argument);
        return type.equals(PgType.UNKNOWN) ? call.resultType().elementType().orElse(type) : type;
    }

    private static boolean larger(Call call, @Nullable Object[] a) {
        return ValueOrder.of(call.argumentTypes().getFirst()).compareBoxed(Arguments.ref(a, 0), Arguments.ref(a, 1))
                > 0;
    }

    /** The elements one by one. */
    static SetCode.Rows elements(@Nullable PgArray array) {
        int[] next = {0};
        return row -> {
            if (array == null || next[0] == array.size()) {
                return false;
            }
            TypeCodecs.of(array.elementType()).unbox(array.elements()[next[0]++], row, 0);
            return true;
        };
    }

    private static SetCode.Rows subscripts(PgArray array, long dimension, boolean reverse) {
        boolean there = dimension >= 1 && dimension <= array.dimensions();
        int lower = there ? array.lowerBounds()[(int) dimension - 1] : 1;
        int length = there ? array.dims()[(int) dimension - 1] : 0;
        int[] next = {0};
        return row -> {
            if (next[0] == length) {
                return false;
            }
            int offset = next[0]++;
            row.setLong(0, reverse ? lower + length - 1L - offset : lower + (long) offset);
            return true;
        };
    }

    private static void shapes(Definitions to) {
        to.general(
                "array_ndims",
                (call, a) -> array(a, 0).dimensions() == 0
                        ? null
                        : (Object) (long) array(a, 0).dimensions());
        to.refLong("array_cardinality", (PgArray a) -> a.size());
        to.general("array_length", (call, a) -> {
            long dimension = Arguments.number(a, 1);
            return dimension < 1 || dimension > array(a, 0).dimensions()
                    ? null
                    : (Object) (long) array(a, 0).dims()[(int) dimension - 1];
        });
        to.general("array_lower", (call, a) -> {
            long dimension = Arguments.number(a, 1);
            return dimension < 1 || dimension > array(a, 0).dimensions()
                    ? null
                    : (Object) (long) array(a, 0).lowerBounds()[(int) dimension - 1];
        });
        to.general("array_upper", (call, a) -> {
            PgArray array = array(a, 0);
            int dimension = Math.clamp(Arguments.number(a, 1), 0, 100) - 1;
            return dimension < 0 || dimension >= array.dimensions()
                    ? null
                    : (Object) (array.lowerBounds()[dimension] + array.dims()[dimension] - 1L);
        });
        to.refRef("array_dims", (PgArray a) -> {
            if (a.dimensions() == 0) {
                return null;
            }
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < a.dimensions(); i++) {
                int lower = a.lowerBounds()[i];
                text.append('[')
                        .append(lower)
                        .append(':')
                        .append(lower + a.dims()[i] - 1)
                        .append(']');
            }
            return text.toString();
        });
    }

    private static PgArray append(PgType element, @Nullable PgArray array, @Nullable Object value) {
        if (array == null || array.size() == 0) {
            return PgArray.of(array == null ? element : array.elementType(), value);
        }
        checkFlat(array);
        @Nullable Object[] elements = Arrays.copyOf(array.elements(), array.size() + 1);
        elements[array.size()] = value;
        return new PgArray(array.elementType(), new int[] {elements.length}, array.lowerBounds(), elements);
    }

    private static PgArray prepend(PgType element, @Nullable Object value, @Nullable PgArray array) {
        if (array == null || array.size() == 0) {
            return PgArray.of(array == null ? element : array.elementType(), value);
        }
        checkFlat(array);
        @Nullable Object[] elements = new Object[array.size() + 1];
        elements[0] = value;
        System.arraycopy(array.elements(), 0, elements, 1, array.size());
        return new PgArray(array.elementType(), new int[] {elements.length}, array.lowerBounds(), elements);
    }

    private static void checkFlat(PgArray array) {
        if (array.dimensions() > 1) {
            throw new DatabaseException(ErrorCode.DATA_EXCEPTION, "argument must be empty or one-dimensional array");
        }
    }

    private static @Nullable PgArray concatenate(@Nullable PgArray a, @Nullable PgArray b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        if (a.size() == 0 || b.size() == 0) {
            return a.size() == 0 ? b : a;
        }
        @Nullable Object[] elements = Arrays.copyOf(a.elements(), a.size() + b.size());
        System.arraycopy(b.elements(), 0, elements, a.size(), b.size());
        int[] dims = a.dims().clone();
        int[] lower = a.lowerBounds();
        if (a.dimensions() == b.dimensions() && sameTail(a.dims(), b.dims(), 1)) {
            dims[0] += b.dims()[0];
        } else if (a.dimensions() == b.dimensions() + 1 && sameTail(a.dims(), prefixed(b.dims()), 1)) {
            dims[0]++;
        } else if (b.dimensions() == a.dimensions() + 1 && sameTail(b.dims(), prefixed(a.dims()), 1)) {
            dims = b.dims().clone();
            dims[0]++;
            lower = b.lowerBounds();
        } else {
            throw new DatabaseException(ErrorCode.ARRAY_SUBSCRIPT_ERROR, "cannot concatenate incompatible arrays");
        }
        return new PgArray(a.elementType(), dims, lower, elements);
    }

    private static int[] prefixed(int[] dims) {
        int[] all = new int[dims.length + 1];
        System.arraycopy(dims, 0, all, 1, dims.length);
        return all;
    }

    private static boolean sameTail(int[] a, int[] b, int from) {
        return Arrays.equals(a, from, a.length, b, from, b.length);
    }

    private static @Nullable Object position(Call call, @Nullable Object[] a, long start) {
        if (!(a[0] instanceof PgArray array)) {
            return null;
        }
        if (array.dimensions() > 1) {
            throw new DatabaseException(
                    ErrorCode.FEATURE_NOT_SUPPORTED,
                    "searching for elements in multidimensional arrays is not supported");
        }
        ValueOrder order = ValueOrder.of(array.elementType());
        int lower = array.dimensions() == 0 ? 1 : array.lowerBounds()[0];
        for (int i = (int) Math.max(0, start - lower); i < array.size(); i++) {
            if (same(order, array.elements()[i], a[1])) {
                return (long) i + lower;
            }
        }
        return null;
    }

    private static boolean same(ValueOrder order, @Nullable Object a, @Nullable Object b) {
        return a == null || b == null ? a == b : order.compareBoxed(a, b) == 0;
    }

    private static @Nullable Object positions(Call call, @Nullable Object[] a) {
        if (!(a[0] instanceof PgArray array)) {
            return null;
        }
        ValueOrder order = ValueOrder.of(array.elementType());
        List<@Nullable Object> found = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (same(order, array.elements()[i], a[1])) {
                found.add((long) i + array.lowerBounds()[0]);
            }
        }
        return PgArray.of(PgType.INT4, found.toArray());
    }

    private static @Nullable Object replace(Call call, @Nullable Object[] a, boolean remove) {
        if (!(a[0] instanceof PgArray array)) {
            return null;
        }
        ValueOrder order = ValueOrder.of(array.elementType());
        if (remove) {
            List<@Nullable Object> kept = new ArrayList<>();
            for (Object element : array.elements()) {
                if (!same(order, element, a[1])) {
                    kept.add(element);
                }
            }
            return PgArray.of(array.elementType(), kept.toArray());
        }
        @Nullable Object[] elements = array.elements().clone();
        for (int i = 0; i < elements.length; i++) {
            elements[i] = same(order, elements[i], a[1]) ? a[2] : elements[i];
        }
        return new PgArray(array.elementType(), array.dims(), array.lowerBounds(), elements);
    }

    private static PgArray fill(
            PgType element, @Nullable Object value, @Nullable Object lengths, @Nullable Object bounds) {
        if (!(lengths instanceof PgArray dimensions) || dimensions.hasNulls()) {
            throw new DatabaseException(
                    ErrorCode.NULL_VALUE_NOT_ALLOWED, "dimension array or low bound array cannot be null");
        }
        int[] dims = new int[dimensions.size()];
        int[] lower = new int[dims.length];
        long total = 1;
        for (int i = 0; i < dims.length; i++) {
            dims[i] = Arguments.integer(dimensions.elements(), i);
            lower[i] = bounds instanceof PgArray lows ? Arguments.integer(lows.elements(), i) : 1;
            total *= dims[i];
        }
        if (total <= 0 || dims.length == 0) {
            return PgArray.empty(element);
        }
        if (total > 134_217_727) {
            throw new DatabaseException(
                    ErrorCode.PROGRAM_LIMIT_EXCEEDED, "array size exceeds the maximum allowed (134217727)");
        }
        if (total > SHORT) {
            NoWait.check();
        }
        @Nullable Object[] elements = new Object[(int) total];
        Arrays.fill(elements, value);
        return new PgArray(element, dims, lower, elements);
    }

    private static PgArray trim(PgArray array, long count) {
        int length = array.dimensions() == 0 ? 0 : array.dims()[0];
        if (count < 0 || count > length) {
            throw new DatabaseException(
                    ErrorCode.ARRAY_SUBSCRIPT_ERROR, "number of elements to trim must be between 0 and " + length);
        }
        if (count == length) {
            return PgArray.empty(array.elementType());
        }
        int[] dims = array.dims().clone();
        int perRow = array.size() / length;
        dims[0] -= (int) count;
        int[] lower = new int[dims.length];
        Arrays.fill(lower, 1);
        return new PgArray(array.elementType(), dims, lower, Arrays.copyOf(array.elements(), dims[0] * perRow));
    }

    private static boolean contains(PgArray whole, PgArray part) {
        ValueOrder order = ValueOrder.of(whole.elementType());
        for (Object wanted : part.elements()) {
            if (wanted == null || !has(order, whole, wanted)) {
                return false;
            }
        }
        return true;
    }

    private static boolean overlaps(PgArray a, PgArray b) {
        ValueOrder order = ValueOrder.of(a.elementType());
        for (Object element : b.elements()) {
            if (element != null && has(order, a, element)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(ValueOrder order, PgArray array, Object wanted) {
        for (Object element : array.elements()) {
            if (element != null && order.compareBoxed(element, wanted) == 0) {
                return true;
            }
        }
        return false;
    }
}
