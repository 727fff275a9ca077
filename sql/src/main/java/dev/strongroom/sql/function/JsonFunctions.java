package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.JsonText;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Storage;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.RecordValue;
import dev.strongroom.common.value.Row;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** json and jsonb: access, tests, constructors, aggregates. A jsonb is its canonical text. */
final class JsonFunctions {
    private JsonFunctions() {}

    static void define(Definitions to) {
        for (String type : new String[] {"json", "jsonb"}) {
            access(to, type);
            sets(to, type);
            constructors(to, type, type.equals("jsonb"));
        }
        jsonbOperators(to);
        jsonbCasts(to);
        JsonChanges.define(to);
    }

    private static void jsonbCasts(Definitions to) {
        to.refLong("jsonb_bool", (String json) -> {
            requireKind(json, "boolean", "boolean");
            return json.equals("true") ? 1 : 0;
        });
        for (PgType type :
                List.of(PgType.INT2, PgType.INT4, PgType.INT8, PgType.FLOAT4, PgType.FLOAT8, PgType.NUMERIC)) {
            to.general("jsonb_" + type.name(), (call, a) -> number(call, Arguments.text(a, 0), type));
        }
    }

    private static void requireKind(String json, String kind, String typeName) {
        String have = JsonParts.kind(json);
        if (!have.equals(kind)) {
            String shown = have.equals("number") ? "numeric" : have;
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "cannot cast jsonb " + shown + " to type " + typeName);
        }
    }

    private static Object number(Call call, String json, PgType type) {
        requireKind(json, "number", TypeNames.of(type));
        Numeric value = Numeric.of(new BigDecimal(json));
        if (type == PgType.NUMERIC) {
            return value;
        }
        boolean whole = type.storage() == Storage.LONG;
        String text =
                whole ? new BigDecimal(json).setScale(0, RoundingMode.HALF_UP).toPlainString() : json;
        try {
            return TypeCodecs.of(type).parseBoxed(text, call.session().typeContext());
        } catch (DatabaseException e) {
            throw whole
                    ? new DatabaseException(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, TypeNames.of(type) + " out of range")
                    : e;
        }
    }

    private static void access(Definitions to, String type) {
        to.refsRef(type + "_object_field", (String json, String key) -> JsonParts.member(json, key));
        to.refsRef(
                type + "_object_field_text",
                (String json, String key) -> JsonParts.scalar(JsonParts.member(json, key)));
        to.general(
                type + "_array_element", (call, a) -> JsonParts.element(Arguments.text(a, 0), Arguments.number(a, 1)));
        to.general(
                type + "_array_element_text",
                (call, a) -> JsonParts.scalar(JsonParts.element(Arguments.text(a, 0), Arguments.number(a, 1))));
        to.general(type + "_extract_path", (call, a) -> path(Arguments.text(a, 0), (PgArray) Arguments.ref(a, 1)));
        to.general(
                type + "_extract_path_text",
                (call, a) -> JsonParts.scalar(path(Arguments.text(a, 0), (PgArray) Arguments.ref(a, 1))));
        to.refRef(type + "_typeof", (String json) -> JsonParts.kind(json));
        to.refLong(type + "_array_length", (String json) -> {
            requireArray(json, "cannot get array length of a non-array", "cannot get array length of a scalar");
            return JsonParts.of(json).size();
        });
        to.refRef(type + "_strip_nulls", (String json) -> {
            String stripped = strip(json);
            return type.equals("jsonb") ? JsonText.canonical(stripped) : stripped;
        });
    }

    private static void requireArray(String json, String ofObject, String ofScalar) {
        String kind = JsonParts.kind(json);
        if (!kind.equals("array")) {
            throw new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, kind.equals("object") ? ofObject : ofScalar);
        }
    }

    private static void requireElements(String json, String type, String function) {
        if (type.equals("jsonb")) {
            requireArray(json, "cannot extract elements from an object", "cannot extract elements from a scalar");
        } else {
            requireArray(
                    json,
                    "cannot call " + type + function + " on a non-array",
                    "cannot call " + type + function + " on a scalar");
        }
    }

    private static @Nullable String path(String json, PgArray path) {
        String value = json;
        for (Object step : path.elements()) {
            if (value == null || !(step instanceof String key)) {
                return null;
            }
            if (JsonParts.kind(value).equals("array")) {
                try {
                    value = JsonParts.element(value, Long.parseLong(key.strip()));
                } catch (NumberFormatException e) {
                    return null;
                }
            } else {
                value = JsonParts.member(value, key);
            }
        }
        return value;
    }

    private static String strip(String json) {
        return switch (JsonParts.kind(json)) {
            case "object" -> {
                StringBuilder text = new StringBuilder("{");
                for (JsonParts.Part part : JsonParts.of(json)) {
                    if (!JsonParts.kind(part.value()).equals("null")) {
                        text.append(text.length() > 1 ? "," : "");
                        JsonText.quote(part.keyText(), text);
                        text.append(':').append(strip(part.value()));
                    }
                }
                yield text.append('}').toString();
            }
            case "array" -> {
                List<String> parts = new ArrayList<>();
                JsonParts.of(json).forEach(part -> parts.add(strip(part.value())));
                yield "[" + String.join(",", parts) + "]";
            }
            default -> json.strip();
        };
    }

    /** What a set-returning function makes of one part. */
    @FunctionalInterface
    private interface Filler {
        void fill(JsonParts.Part part, Row row);
    }

    private static SetCode.Rows rows(String json, Filler filler) {
        Iterator<JsonParts.Part> parts = JsonParts.of(json).iterator();
        return row -> {
            if (!parts.hasNext()) {
                return false;
            }
            filler.fill(parts.next(), row);
            return true;
        };
    }

    private static void sets(Definitions to, String type) {
        to.set(type + "_object_keys", (call, a) -> {
            requireObject(Arguments.text(a, 0), type + "_object_keys");
            return rows(Arguments.text(a, 0), (part, row) -> row.setRef(0, part.keyText()));
        });
        to.set(type + "_array_elements", (call, a) -> {
            requireElements(Arguments.text(a, 0), type, "_array_elements");
            return rows(Arguments.text(a, 0), (part, row) -> row.setRef(0, part.value()));
        });
        to.set(type + "_array_elements_text", (call, a) -> {
            requireElements(Arguments.text(a, 0), type, "_array_elements_text");
            return rows(Arguments.text(a, 0), (part, row) -> row.setRef(0, JsonParts.scalar(part.value())));
        });
        to.set(type + "_each", (call, a) -> {
            requireObject(Arguments.text(a, 0), type + "_each");
            return rows(Arguments.text(a, 0), (part, row) -> {
                row.setRef(0, part.keyText());
                row.setRef(1, part.value());
            });
        });
        to.set(type + "_each_text", (call, a) -> {
            requireObject(Arguments.text(a, 0), type + "_each_text");
            return rows(Arguments.text(a, 0), (part, row) -> {
                row.setRef(0, part.keyText());
                row.setRef(1, JsonParts.scalar(part.value()));
            });
        });
    }

    private static void requireObject(String json, String function) {
        if (!JsonParts.kind(json).equals("object")) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "cannot call " + function + " on a non-object");
        }
    }

    private static void constructors(Definitions to, String type, boolean canonical) {
        to.general(
                "to_" + type, (call, a) -> form(json(call, call.argumentTypes().getFirst(), a[0]), canonical));
        to.general(type + "_build_array", (call, a) -> form(buildArray(call, a), canonical));
        to.general(type + "_build_object", (call, a) -> form(buildObject(call, a), canonical));
        to.general(type + "_build_array_noargs", (call, a) -> "[]");
        to.general(type + "_build_object_noargs", (call, a) -> "{}");
        to.aggregate(type + "_agg(anyelement)", call -> new ArrayState(call, canonical));
        to.aggregate(type + "_object_agg(any,any)", call -> new ObjectState(call, canonical));
        if (!canonical) {
            for (String function : List.of("row_to_json", "array_to_json")) {
                to.general(
                        function, (call, a) -> json(call, call.argumentTypes().getFirst(), a[0], ""));
                to.general(
                        function + "_pretty",
                        (call, a) ->
                                json(call, call.argumentTypes().getFirst(), a[0], Arguments.truth(a, 1) ? "\n " : ""));
            }
        }
        to.general(type + "_object", (call, a) -> form(pairs((PgArray) Arguments.ref(a, 0)), canonical));
        to.general(type + "_object_two_arg", (call, a) -> {
            PgArray keys = (PgArray) Arguments.ref(a, 0);
            PgArray values = (PgArray) Arguments.ref(a, 1);
            if (keys.dimensions() > 1 || values.dimensions() > 1) {
                throw new DatabaseException(ErrorCode.ARRAY_SUBSCRIPT_ERROR, "wrong number of array subscripts");
            }
            if (keys.size() != values.size()) {
                throw new DatabaseException(ErrorCode.ARRAY_SUBSCRIPT_ERROR, "mismatched array dimensions");
            }
            return form(object(keys.elements(), values.elements()), canonical);
        });
    }

    /** Keys and values in turn, or an array of pairs. */
    private static String pairs(PgArray array) {
        boolean nested = array.dimensions() == 2;
        if (array.dimensions() > 2 || nested && array.dims()[1] != 2) {
            throw new DatabaseException(
                    ErrorCode.ARRAY_SUBSCRIPT_ERROR,
                    nested ? "array must have two columns" : "wrong number of array subscripts");
        }
        if (array.size() % 2 == 1) {
            throw new DatabaseException(ErrorCode.ARRAY_SUBSCRIPT_ERROR, "array must have even number of elements");
        }
        @Nullable Object[] keys = new Object[array.size() / 2];
        @Nullable Object[] values = new Object[keys.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = array.elements()[2 * i];
            values[i] = array.elements()[2 * i + 1];
        }
        return object(keys, values);
    }

    private static String object(@Nullable Object[] keys, @Nullable Object[] values) {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < keys.length; i++) {
            if (!(keys[i] instanceof String key)) {
                throw new DatabaseException(ErrorCode.NULL_VALUE_NOT_ALLOWED, "null value not allowed for object key");
            }
            text.append(i == 0 ? "" : ", ");
            JsonText.quote(key, text);
            text.append(" : ").append(values[i] instanceof String value ? quote(value) : "null");
        }
        return text.append('}').toString();
    }

    private static String form(String text, boolean canonical) {
        return canonical ? JsonText.canonical(text) : text;
    }

    private static String buildArray(Call call, @Nullable Object[] a) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < a.length; i++) {
            parts.add(json(call, call.argumentTypes().get(i), a[i]));
        }
        return "[" + String.join(", ", parts) + "]";
    }

    private static String buildObject(Call call, @Nullable Object[] a) {
        if (a.length % 2 == 1) {
            String name = call.resultType() == PgType.JSONB ? "jsonb_build_object()" : "json_build_object()";
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE, "argument list must have even number of elements")
                    .withHint("The arguments of " + name + " must consist of alternating keys and values.")
                    .exception();
        }
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < a.length; i += 2) {
            if (a[i] == null) {
                boolean binary = call.resultType() == PgType.JSONB;
                ErrorReport report = ErrorReport.error(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "argument " + (i + 1) + (binary ? ": key must not be null" : " cannot be null"));
                throw (binary ? report : report.withHint("Object keys should be text.")).exception();
            }
            text.append(i == 0 ? "" : ", ");
            JsonText.quote(TextFunctions.output(call, a, i), text);
            text.append(" : ").append(json(call, call.argumentTypes().get(i + 1), a[i + 1]));
        }
        return text.append('}').toString();
    }

    /** A value of any type as JSON. */
    private static String json(Call call, PgType type, @Nullable Object value) {
        return json(call, type, value, "");
    }

    /**
     * A value of any type as JSON.
     *
     * @param lineFeed what follows the commas of the outermost array or object
     */
    private static String json(Call call, PgType type, @Nullable Object value, String lineFeed) {
        if (value == null) {
            return "null";
        }
        if (value instanceof PgArray array) {
            return array(call, array, 0, new int[1], lineFeed);
        }
        if (value instanceof RecordValue record) {
            List<String> fields = new ArrayList<>();
            for (int i = 0; i < record.values().length; i++) {
                fields.add(
                        quote(record.name(i)) + ":" + json(call, record.types().get(i), record.values()[i]));
            }
            return "{" + String.join("," + lineFeed, fields) + "}";
        }
        String text = TypeCodecs.of(type).formatBoxed(value, call.session().typeContext());
        return switch (type.name()) {
            case "bool" -> (Long) value != 0 ? "true" : "false";
            case "json", "jsonb" -> (String) value;
            case "int2", "int4", "int8" -> text;
            case "numeric" -> ((Numeric) value).isFinite() ? text : quote(text);
            case "float4", "float8" -> Double.isFinite((Double) value) ? text : quote(text);
            case "timestamp" -> quote(text.replace(' ', 'T'));
            case "timestamptz" -> {
                String iso = text.replace(' ', 'T');
                yield quote(iso.matches(".*[+-][0-9][0-9]") ? iso + ":00" : iso);
            }
            default -> quote(text);
        };
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder();
        JsonText.quote(text, quoted);
        return quoted.toString();
    }

    private static String array(Call call, PgArray array, int dimension, int[] next, String lineFeed) {
        List<String> parts = new ArrayList<>();
        int length = array.dimensions() == 0 ? 0 : array.dims()[dimension];
        for (int i = 0; i < length; i++) {
            parts.add(
                    dimension + 1 < array.dimensions()
                            ? array(call, array, dimension + 1, next, "")
                            : json(call, array.elementType(), array.elements()[next[0]++]));
        }
        return "[" + String.join("," + lineFeed, parts) + "]";
    }

    private static void jsonbOperators(Definitions to) {
        to.refsLong("jsonb_contains", (String a, String b) -> contains(a, b) ? 1 : 0);
        to.refsLong("jsonb_contained", (String a, String b) -> contains(b, a) ? 1 : 0);
        to.refsLong("jsonb_exists", (String json, String key) -> exists(json, key) ? 1 : 0);
        to.refsLong("jsonb_exists_any", (String json, PgArray keys) -> {
            for (Object key : keys.elements()) {
                if (key != null && exists(json, (String) key)) {
                    return 1;
                }
            }
            return 0;
        });
        to.refsLong("jsonb_exists_all", (String json, PgArray keys) -> {
            for (Object key : keys.elements()) {
                if (key != null && !exists(json, (String) key)) {
                    return 0;
                }
            }
            return 1;
        });
        to.refsRef("jsonb_concat", (String a, String b) -> concat(a, b));
        to.refsRef("jsonb_delete", (String json, String key) -> without(json, key));
    }

    private static boolean exists(String json, String key) {
        return switch (JsonParts.kind(json)) {
            case "object" -> JsonParts.member(json, key) != null;
            case "array" ->
                JsonParts.of(json).stream()
                        .anyMatch(part -> JsonParts.kind(part.value()).equals("string")
                                && JsonParts.unquote(part.value()).equals(key));
            case "string" -> JsonParts.unquote(json).equals(key);
            default -> false;
        };
    }

    private static boolean contains(String whole, String part) {
        String kind = JsonParts.kind(whole);
        if (kind.equals("array") && !JsonParts.kind(part).equals("array")) {
            return !JsonParts.kind(part).equals("object")
                    && JsonParts.of(whole).stream().anyMatch(element -> containsInside(element.value(), part));
        }
        if (!kind.equals(JsonParts.kind(part))) {
            return false;
        }
        if (kind.equals("object")) {
            return JsonParts.of(part).stream().allMatch(wanted -> {
                String value = JsonParts.member(whole, wanted.keyText());
                return value != null && containsInside(value, wanted.value());
            });
        }
        if (kind.equals("array")) {
            List<JsonParts.Part> elements = JsonParts.of(whole);
            return JsonParts.of(part).stream()
                    .allMatch(wanted ->
                            elements.stream().anyMatch(element -> containsInside(element.value(), wanted.value())));
        }
        return same(whole, part);
    }

    /** Inside a document an array contains only arrays. */
    private static boolean containsInside(String whole, String part) {
        return JsonParts.kind(whole).equals(JsonParts.kind(part)) && contains(whole, part);
    }

    private static boolean same(String a, String b) {
        if (JsonParts.kind(a).equals("number")) {
            return new BigDecimal(a).compareTo(new BigDecimal(b)) == 0;
        }
        return a.equals(b);
    }

    private static String concat(String a, String b) {
        boolean objects =
                JsonParts.kind(a).equals("object") && JsonParts.kind(b).equals("object");
        String left = objects || JsonParts.kind(a).equals("array") ? a : "[" + a + "]";
        String right = objects || JsonParts.kind(b).equals("array") ? b : "[" + b + "]";
        String first = left.substring(1, left.length() - 1);
        String second = right.substring(1, right.length() - 1);
        String separator = first.isBlank() || second.isBlank() ? "" : ", ";
        String all = first + separator + second;
        return JsonText.canonical(objects ? "{" + all + "}" : "[" + all + "]");
    }

    private static String without(String json, String key) {
        String kind = JsonParts.kind(json);
        if (!kind.equals("object") && !kind.equals("array")) {
            throw new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, "cannot delete from scalar");
        }
        List<String> kept = new ArrayList<>();
        for (JsonParts.Part part : JsonParts.of(json)) {
            if (kind.equals("object") && !key.equals(part.key())) {
                kept.add(quote(part.keyText()) + ": " + part.value());
            } else if (kind.equals("array") && !part.value().equals(quote(key))) {
                kept.add(part.value());
            }
        }
        String all = String.join(", ", kept);
        return kind.equals("object") ? "{" + all + "}" : "[" + all + "]";
    }

    private static final class ArrayState extends Accumulator {
        private final Call call;
        private final boolean canonical;
        private @Nullable StringBuilder text;

        ArrayState(Call call, boolean canonical) {
            this.call = call;
            this.canonical = canonical;
        }

        @Override
        public boolean wantsNulls() {
            return true;
        }

        @Override
        public void addAll(@Nullable Object[] arguments) {
            if (text == null) {
                text = new StringBuilder("[");
            } else {
                text.append(", ");
                boolean structured = arguments[0] instanceof PgArray || arguments[0] instanceof RecordValue;
                text.append(structured && !canonical ? "\n " : "");
            }
            text.append(json(call, call.argumentTypes().getFirst(), arguments[0]));
        }

        @Override
        public void result(Row into, int slot) {
            into.setRef(slot, text == null ? null : form(text + "]", canonical));
        }
    }

    private static final class ObjectState extends Accumulator {
        private final Call call;
        private final boolean canonical;
        private @Nullable StringBuilder text;

        ObjectState(Call call, boolean canonical) {
            this.call = call;
            this.canonical = canonical;
        }

        @Override
        public void addAll(@Nullable Object[] arguments) {
            if (arguments[0] == null) {
                throw new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, "field name must not be null");
            }
            if (text == null) {
                text = new StringBuilder("{ ");
            } else {
                text.append(", ");
            }
            JsonText.quote(TextFunctions.output(call, arguments, 0), text);
            text.append(" : ").append(json(call, call.argumentTypes().get(1), arguments[1]));
        }

        @Override
        public void result(Row into, int slot) {
            into.setRef(slot, text == null ? null : form(text + " }", canonical));
        }
    }
}
