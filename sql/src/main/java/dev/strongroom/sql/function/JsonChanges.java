package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.JsonText;
import dev.strongroom.common.value.PgArray;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Functions that answer with a changed {@code jsonb}: set, insert, delete, and its indented form. */
final class JsonChanges {
    private JsonChanges() {}

    static void define(Definitions to) {
        to.general("jsonb_set", (call, a) -> set(a, a.length < 4 || Arguments.truth(a, 3)));
        to.general("jsonb_set_lax", (call, a) -> setLax(a));
        to.general("jsonb_insert", (call, a) -> {
            Change change = a.length > 3 && Arguments.truth(a, 3) ? Change.INSERT_AFTER : Change.INSERT_BEFORE;
            return changed(a, JsonText.tree(Arguments.text(a, 2)), change, true);
        });
        to.general("jsonb_delete_path", (call, a) -> {
            Object tree = JsonText.tree(Arguments.text(a, 0));
            requireContainer(tree, "cannot delete path in scalar");
            List<String> path = path(a, 1);
            return path.isEmpty()
                    ? Arguments.text(a, 0)
                    : JsonText.text(new Changer(path, null, Change.DELETE, false).apply(tree, 0));
        });
        to.general("jsonb_delete_idx", (call, a) -> deleteElement(Arguments.text(a, 0), Arguments.number(a, 1)));
        to.general("jsonb_delete_array", (call, a) -> {
            Object tree = JsonText.tree(Arguments.text(a, 0));
            requireContainer(tree, "cannot delete from scalar");
            for (Object key : ((PgArray) Arguments.ref(a, 1)).elements()) {
                if (key != null && tree instanceof TreeMap<?, ?> object) {
                    object.remove((String) key);
                } else if (key != null && tree instanceof List<?> array) {
                    array.removeIf(key::equals);
                }
            }
            return JsonText.text(tree);
        });
        to.refRef("jsonb_pretty", (String json) -> {
            StringBuilder out = new StringBuilder();
            pretty(JsonText.tree(json), 0, out);
            return out.toString();
        });
    }

    private enum Change {
        SET,
        INSERT_BEFORE,
        INSERT_AFTER,
        DELETE
    }

    private static String set(@Nullable Object[] a, boolean create) {
        return changed(a, JsonText.tree(Arguments.text(a, 2)), Change.SET, create);
    }

    private static @Nullable String setLax(@Nullable Object[] a) {
        if (a[0] == null || a[1] == null || a.length > 3 && a[3] == null) {
            return null;
        }
        boolean create = a.length < 4 || Arguments.truth(a, 3);
        if (a[2] != null) {
            return set(a, create);
        }
        if (a.length > 4 && a[4] == null) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE,
                            "null_value_treatment must be \"delete_key\", \"return_target\", \"use_json_null\", or"
                                    + " \"raise_exception\"")
                    .exception();
        }
        String treatment = a.length > 4 ? Arguments.text(a, 4) : "use_json_null";
        return switch (treatment) {
            case "use_json_null" -> changed(a, null, Change.SET, create);
            case "return_target" -> Arguments.text(a, 0);
            case "delete_key" -> changed(a, null, Change.DELETE, false);
            case "raise_exception" ->
                throw ErrorReport.error(ErrorCode.NULL_VALUE_NOT_ALLOWED, "JSON value must not be null")
                        .withDetail("Exception was raised because null_value_treatment is \"raise_exception\".")
                        .withHint("To avoid, either change the null_value_treatment argument or ensure that an SQL NULL"
                                + " is not passed.")
                        .exception();
            default ->
                throw ErrorReport.error(
                                ErrorCode.INVALID_PARAMETER_VALUE,
                                "null_value_treatment must be \"delete_key\", \"return_target\", \"use_json_null\", or"
                                        + " \"raise_exception\"")
                        .exception();
        };
    }

    private static String changed(@Nullable Object[] a, @Nullable Object value, Change change, boolean create) {
        Object tree = JsonText.tree(Arguments.text(a, 0));
        requireContainer(tree, "cannot set path in scalar");
        List<String> path = path(a, 1);
        return path.isEmpty()
                ? Arguments.text(a, 0)
                : JsonText.text(new Changer(path, value, change, create).apply(tree, 0));
    }

    private static void requireContainer(@Nullable Object tree, String message) {
        if (!(tree instanceof TreeMap) && !(tree instanceof List)) {
            throw new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, message);
        }
    }

    private static List<String> path(@Nullable Object[] a, int index) {
        List<String> path = new ArrayList<>();
        for (Object step : ((PgArray) Arguments.ref(a, index)).elements()) {
            if (step == null) {
                throw new DatabaseException(
                        ErrorCode.NULL_VALUE_NOT_ALLOWED, "path element at position " + (path.size() + 1) + " is null");
            }
            path.add((String) step);
        }
        return path;
    }

    /** Walks down a path and does one change at its end. The trees are the caller's own. */
    private record Changer(List<String> path, @Nullable Object value, Change change, boolean create) {
        @Nullable
        Object apply(@Nullable Object tree, int level) {
            return switch (tree) {
                case TreeMap<?, ?> object -> object(object, level);
                case List<?> array -> array(array, level);
                case null, default -> tree;
            };
        }

        @SuppressWarnings("unchecked")
        private Object object(TreeMap<?, ?> tree, int level) {
            TreeMap<String, @Nullable Object> object = (TreeMap<String, @Nullable Object>) tree;
            String key = path.get(level);
            boolean present = object.containsKey(key);
            if (level < path.size() - 1) {
                if (present) {
                    object.put(key, apply(object.get(key), level + 1));
                }
            } else if (present && (change == Change.INSERT_BEFORE || change == Change.INSERT_AFTER)) {
                throw ErrorReport.error(ErrorCode.INVALID_PARAMETER_VALUE, "cannot replace existing key")
                        .withHint("Try using the function jsonb_set to replace key value.")
                        .exception();
            } else if (change == Change.DELETE) {
                object.remove(key);
            } else if (present || create) {
                object.put(key, value);
            }
            return object;
        }

        @SuppressWarnings("unchecked")
        private Object array(List<?> tree, int level) {
            List<@Nullable Object> array = (List<@Nullable Object>) tree;
            long wanted = position(level);
            long at = wanted < 0 ? Math.max(array.size() + wanted, -1) : Math.min(wanted, array.size());
            boolean inside = at >= 0 && at < array.size();
            if (level < path.size() - 1) {
                if (inside) {
                    array.set((int) at, apply(array.get((int) at), level + 1));
                }
                return array;
            }
            switch (change) {
                case DELETE -> {
                    if (inside) {
                        array.remove((int) at);
                    }
                }
                case SET -> {
                    if (inside) {
                        array.set((int) at, value);
                    } else if (create) {
                        array.add(at < 0 ? 0 : array.size(), value);
                    }
                }
                case INSERT_BEFORE -> array.add((int) Math.max(at, 0), value);
                case INSERT_AFTER -> array.add(inside ? (int) at + 1 : at < 0 ? 0 : array.size(), value);
            }
            return array;
        }

        private long position(int level) {
            try {
                return Integer.parseInt(path.get(level).strip());
            } catch (NumberFormatException e) {
                throw new DatabaseException(
                        ErrorCode.INVALID_TEXT_REPRESENTATION,
                        "path element at position " + (level + 1) + " is not an integer: \"" + path.get(level) + "\"");
            }
        }
    }

    private static String deleteElement(String json, long index) {
        Object tree = JsonText.tree(json);
        requireContainer(tree, "cannot delete from scalar");
        if (!(tree instanceof List<?> array)) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "cannot delete from object using integer index");
        }
        long at = index < 0 ? array.size() + index : index;
        if (at >= 0 && at < array.size()) {
            array.remove((int) at);
        }
        return JsonText.text(array);
    }

    private static void pretty(@Nullable Object tree, int depth, StringBuilder out) {
        switch (tree) {
            case TreeMap<?, ?> object -> {
                out.append('{');
                String separator = "";
                for (var entry : object.entrySet()) {
                    out.append(separator);
                    separator = ",";
                    line(depth + 1, out);
                    JsonText.quote((String) entry.getKey(), out);
                    out.append(": ");
                    pretty(entry.getValue(), depth + 1, out);
                }
                line(depth, out);
                out.append('}');
            }
            case List<?> array -> {
                out.append('[');
                String separator = "";
                for (Object element : array) {
                    out.append(separator);
                    separator = ",";
                    line(depth + 1, out);
                    pretty(element, depth + 1, out);
                }
                line(depth, out);
                out.append(']');
            }
            case null, default -> out.append(JsonText.text(tree));
        }
    }

    private static void line(int depth, StringBuilder out) {
        out.append('\n').append("    ".repeat(depth));
    }
}
