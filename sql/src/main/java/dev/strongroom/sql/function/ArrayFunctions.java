package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.PgArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Arrays: taking apart, putting together, searching; text to arrays and back. */
final class ArrayFunctions {
    private ArrayFunctions() {}

    static void define(Definitions to) {
        shape(to);
        building(to);
        searching(to);
        text(to);
        sets(to);
    }

    private static PgArray array(@Nullable Object[] arguments, int index) {
        return (PgArray) Objects.requireNonNull(arguments[index]);
    }

    private static void shape(Definitions to) {
        to.general("array_ndims", (call, arguments) -> {
            int dimensions = array(arguments, 0).dimensions();
            return dimensions == 0 ? null : (Object) (long) dimensions;
        });
        to.general("array_lower", (call, arguments) -> bound(array(arguments, 0), arguments, (array, d) ->
                (long) array.lowerBounds()[d]));
        to.general("array_upper", (call, arguments) -> bound(array(arguments, 0), arguments, (array, d) ->
                (long) array.lowerBounds()[d] + array.dims()[d] - 1));
        to.general("array_length", (call, arguments) -> bound(array(arguments, 0), arguments, (array, d) ->
                (long) array.dims()[d]));
        to.general("array_cardinality", (call, arguments) -> (long) array(arguments, 0).size());
        to.general("array_dims", (call, arguments) -> {
            PgArray array = array(arguments, 0);
            StringBuilder text = new StringBuilder();
            for (int d = 0; d < array.dimensions(); d++) {
                int lower = array.lowerBounds()[d];
                text.append('[').append(lower).append(':').append(lower + array.dims()[d] - 1).append(']');
            }
            return text.isEmpty() ? null : text.toString();
        });
    }

    private interface Bound {
        long of(PgArray array, int dimension);
    }

    private static @Nullable Object bound(PgArray array, @Nullable Object[] arguments, Bound bound) {
        long dimension = SystemCatalogFunctions.number(arguments, 1);
        boolean exists = dimension >= 1 && dimension <= array.dimensions();
        return exists ? (Object) bound.of(array, (int) dimension - 1) : null;
    }

    private static void building(Definitions to) {
        to.general("array_append", (call, arguments) -> append(call, (PgArray) arguments[0], arguments[1]));
        to.general("array_prepend", (call, arguments) -> prepend(call, arguments[0], (PgArray) arguments[1]));
        to.general("array_cat", (call, arguments) -> concatenate((PgArray) arguments[0], (PgArray) arguments[1]));
        to.general("array_fill", (call, arguments) -> fill(call, arguments));
        to.general("array_remove", (call, arguments) -> {
            PgArray array = (PgArray) arguments[0];
            if (array == null) {
                return null;
            }
            refuseDimensions(array, "removing elements from multidimensional arrays is not supported");
            List<@Nullable Object> kept = new ArrayList<>();
            for (Object element : array.elements()) {
                if (!same(array.elementType(), element, arguments[1])) {
                    kept.add(element);
                }
            }
            return PgArray.of(array.elementType(), kept.toArray());
        });
        to.general("array_replace", (call, arguments) -> {
            PgArray array = (PgArray) arguments[0];
            if (array == null) {
                return null;
            }
            @Nullable Object[] elements = array.elements().clone();
            for (int i = 0; i < elements.length; i++) {
                if (same(array.elementType(), elements[i], arguments[1])) {
                    elements[i] = arguments[2];
                }
            }
            return new PgArray(array.elementType(), array.dims(), array.lowerBounds(), elements);
        });
    }

    private static void refuseDimensions(PgArray array, String message) {
        if (array.dimensions() > 1) {
            throw new DatabaseException(ErrorCode.FEATURE_NOT_SUPPORTED, message);
        }
    }

    private static PgType elementType(Call call, @Nullable PgArray array) {
        return array != null
                ? array.elementType()
                : call.resultType().elementType().orElseThrow();
    }

    private static PgArray append(Call call, @Nullable PgArray array, @Nullable Object element) {
        if (array == null || array.size() == 0) {
            return PgArray.of(elementType(call, array), element);
        }
        refuseShape(array);
        @Nullable Object[] elements = Arrays.copyOf(array.elements(), array.size() + 1);
        elements[array.size()] = element;
        return new PgArray(array.elementType(), new int[] {elements.length}, array.lowerBounds(), elements);
    }

    private static PgArray prepend(Call call, @Nullable Object element, @Nullable PgArray array) {
        if (array == null || array.size() == 0) {
            return PgArray.of(elementType(call, array), element);
        }
        refuseShape(array);
        @Nullable Object[] elements = new Object[array.size() + 1];
        elements[0] = element;
        System.arraycopy(array.elements(), 0, elements, 1, array.size());
        return new PgArray(array.elementType(), new int[] {elements.length}, array.lowerBounds(), elements);
    }

    private static void refuseShape(PgArray array) {
        if (array.dimensions() > 1) {
            throw new DatabaseException(
                    ErrorCode.DATA_EXCEPTION, "argument must be empty or one-dimensional array");
        }
    }

    private static @Nullable PgArray concatenate(@Nullable PgArray left, @Nullable PgArray right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        if (left.size() == 0 || right.size() == 0) {
            return left.size() == 0 ? right : left;
        }
        boolean fits = left.dimensions() == right.dimensions()
                && Arrays.equals(left.dims(), 1, left.dimensions(), right.dims(), 1, right.dimensions());
        boolean inner = Math.abs(left.dimensions() - right.dimensions()) == 1;
        if (!fits && !inner) {
            throw ErrorReport.error(ErrorCode.ARRAY_SUBSCRIPT_ERROR, "cannot concatenate incompatible arrays")
                    .exception();
        }
        @Nullable Object[] elements = Arrays.copyOf(left.elements(), left.size() + right.size());
        System.arraycopy(right.elements(), 0, elements, left.size(), right.size());
        PgArray shape = left.dimensions() >= right.dimensions() ? left : right;
        int[] dims = shape.dims().clone();
        dims[0] = fits ? left.dims()[0] + right.dims()[0] : shape.dims()[0] + 1;
        return new PgArray(left.elementType(), dims, shape.lowerBounds(), elements);
    }

    private static Object fill(Call call, @Nullable Object[] arguments) {
        if (arguments[1] == null) {
            throw new DatabaseException(
                    ErrorCode.NULL_VALUE_NOT_ALLOWED, "dimension array or low bound array cannot be null");
        }
        PgArray lengths = array(arguments, 1);
        int[] dims = new int[lengths.size()];
        int[] lower = new int[dims.length];
        int total = dims.length == 0 ? 0 : 1;
        for (int i = 0; i < dims.length; i++) {
            dims[i] = ((Long) Objects.requireNonNull(lengths.elements()[i])).intValue();
            lower[i] = 1;
            total = Math.multiplyExact(total, dims[i]);
        }
        PgType element = call.resultType().elementType().orElseThrow();
        @Nullable Object[] elements = new Object[total];
        Arrays.fill(elements, arguments[0]);
        return total == 0 ? PgArray.empty(element) : new PgArray(element, dims, lower, elements);
    }

    static boolean same(PgType type, @Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return left == right;
        }
        return ValueOrder.of(type).compareBoxed(left, right) == 0;
    }

    private static void searching(Definitions to) {
        to.general("array_position", (call, arguments) -> position((PgArray) arguments[0], arguments[1], 1));
        to.general("array_position_start", (call, arguments) -> position(
                (PgArray) arguments[0], arguments[1], arguments[2] == null ? 1 : (Long) arguments[2]));
        to.general("array_positions", (call, arguments) -> {
            PgArray array = (PgArray) arguments[0];
            if (array == null) {
                return null;
            }
            List<Object> found = new ArrayList<>();
            for (int i = 0; i < array.size(); i++) {
                if (same(array.elementType(), array.elements()[i], arguments[1])) {
                    found.add((long) array.lowerBounds()[0] + i);
                }
            }
            return PgArray.of(PgType.INT4, found.toArray());
        });
        to.general("arrayoverlap", (call, arguments) -> flag(overlaps(array(arguments, 0), array(arguments, 1))));
        to.general("arraycontains", (call, arguments) -> flag(contains(array(arguments, 0), array(arguments, 1))));
        to.general("arraycontained", (call, arguments) -> flag(contains(array(arguments, 1), array(arguments, 0))));
    }

    private static Object flag(boolean value) {
        return value ? 1L : 0L;
    }

    private static @Nullable Object position(@Nullable PgArray array, @Nullable Object wanted, long start) {
        if (array == null || array.size() == 0) {
            return null;
        }
        refuseDimensions(array, "searching for elements in multidimensional arrays is not supported");
        for (int i = 0; i < array.size(); i++) {
            long position = (long) array.lowerBounds()[0] + i;
            if (position >= start && same(array.elementType(), array.elements()[i], wanted)) {
                return position;
            }
        }
        return null;
    }

    private static boolean has(PgArray array, Object wanted) {
        for (Object element : array.elements()) {
            if (element != null && same(array.elementType(), element, wanted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean overlaps(PgArray left, PgArray right) {
        for (Object element : right.elements()) {
            if (element != null && has(left, element)) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(PgArray whole, PgArray part) {
        for (Object element : part.elements()) {
            if (element == null || !has(whole, element)) {
                return false;
            }
        }
        return true;
    }

    private static void text(Definitions to) {
        to.general("array_to_text", (call, arguments) -> join(call, arguments, null));
        to.general("array_to_text_null", (call, arguments) ->
                arguments[0] == null || arguments[1] == null ? null : join(call, arguments, (String) arguments[2]));
        to.general("text_to_array", (call, arguments) -> PgArray.of(
                PgType.TEXT, split((String) arguments[0], (String) arguments[1], null).toArray()));
        to.general("text_to_array_null", (call, arguments) -> arguments[0] == null
                ? null
                : PgArray.of(
                        PgType.TEXT,
                        split((String) arguments[0], (String) arguments[1], (String) arguments[2]).toArray()));
    }

    private static String join(Call call, @Nullable Object[] arguments, @Nullable String nullText) {
        PgArray array = array(arguments, 0);
        String separator = SystemCatalogFunctions.text(arguments, 1);
        StringBuilder text = new StringBuilder();
        boolean first = true;
        for (Object element : array.elements()) {
            String part = element == null
                    ? nullText
                    : TypeCodecs.of(array.elementType()).formatBoxed(element, call.session().typeContext());
            if (part != null) {
                text.append(first ? "" : separator).append(part);
                first = false;
            }
        }
        return text.toString();
    }

    /** Fields of a text; a null separator gives single characters, an empty one the whole text. */
    static List<@Nullable Object> split(@Nullable String text, @Nullable String separator, @Nullable String nullText) {
        List<@Nullable Object> parts = new ArrayList<>();
        if (text == null || text.isEmpty()) {
            return parts;
        }
        if (separator == null) {
            text.codePoints().forEach(c -> parts.add(Character.toString(c)));
        } else if (separator.isEmpty()) {
            parts.add(text);
        } else {
            parts.addAll(Arrays.asList((Object[]) text.split(Pattern.quote(separator), -1)));
        }
        parts.replaceAll(part -> part != null && part.equals(nullText) ? null : part);
        return parts;
    }

    private static void sets(Definitions to) {
        to.set("array_unnest", (call, arguments) -> {
            PgArray array = array(arguments, 0);
            int[] next = {0};
            return into -> {
                if (next[0] >= array.size()) {
                    return false;
                }
                TypeCodecs.of(array.elementType()).unbox(array.elements()[next[0]++], into, 0);
                return true;
            };
        });
        to.set("generate_subscripts_nodir", (call, arguments) -> subscripts(arguments, false));
        to.set("generate_subscripts", (call, arguments) ->
                subscripts(arguments, SystemCatalogFunctions.number(arguments, 2) != 0));
        to.set("text_to_table", (call, arguments) -> SystemCatalogFunctions.rows(
                split((String) arguments[0], (String) arguments[1], null), (part, row) -> row.setRef(0, part)));
        to.set("text_to_table_null", (call, arguments) -> SystemCatalogFunctions.rows(
                split((String) arguments[0], (String) arguments[1], (String) arguments[2]),
                (part, row) -> row.setRef(0, part)));
    }

    private static SetCode.Rows subscripts(@Nullable Object[] arguments, boolean reverse) {
        PgArray array = array(arguments, 0);
        int dimension = (int) SystemCatalogFunctions.number(arguments, 1) - 1;
        if (dimension < 0 || dimension >= array.dimensions()) {
            return into -> false;
        }
        int lower = array.lowerBounds()[dimension];
        int length = array.dims()[dimension];
        int[] next = {0};
        return into -> {
            if (next[0] >= length) {
                return false;
            }
            into.setLong(0, reverse ? lower + length - 1 - next[0] : lower + next[0]);
            next[0]++;
            return true;
        };
    }
}
