package dev.strongroom.common.type;

import dev.strongroom.common.value.CodePoints;
import dev.strongroom.common.value.Numeric;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Order of {@code jsonb} values (compareJsonbContainers): an empty array first, then scalars, arrays, objects; inside, null,
 * strings, numbers, booleans, arrays, objects; longer arrays and objects after shorter ones.
 */
public final class JsonOrder {
    private JsonOrder() {}

    /** Compares two canonical texts. */
    public static int compare(String left, String right) {
        if (left.equals(right)) {
            return 0;
        }
        Object a = JsonText.tree(left);
        Object b = JsonText.tree(right);
        int order = Integer.compare(topRank(a), topRank(b));
        return order != 0 ? order : compareTrees(a, b);
    }

    /** Equal values have equal hashes, however their numbers are written. */
    public static int hash(String text) {
        return hashTree(JsonText.tree(text));
    }

    /** Rank of a whole document. */
    public static int topRank(@Nullable Object tree) {
        return switch (tree) {
            case List<?> array -> array.isEmpty() ? 0 : 2;
            case Map<?, ?> ignored -> 3;
            case null, default -> 1;
        };
    }

    /** Rank of a value inside of a document. */
    public static int rank(@Nullable Object tree) {
        return switch (tree) {
            case null -> 0;
            case String ignored -> 1;
            case Numeric ignored -> 2;
            case Boolean ignored -> 3;
            case List<?> ignored -> 4;
            default -> 5;
        };
    }

    private static int compareTrees(@Nullable Object a, @Nullable Object b) {
        int order = Integer.compare(rank(a), rank(b));
        if (order != 0 || a == null || b == null) {
            return order;
        }
        return switch (a) {
            case String text -> CodePoints.compare(text, (String) b);
            case Numeric number -> number.compareTo((Numeric) b);
            case Boolean truth -> truth.compareTo((Boolean) b);
            case List<?> array -> compareArrays(array, (List<?>) b);
            case Map<?, ?> object -> compareObjects(object, (Map<?, ?>) b);
            default -> throw new IllegalStateException("not JSON: " + a.getClass());
        };
    }

    private static int compareArrays(List<?> a, List<?> b) {
        int order = Integer.compare(a.size(), b.size());
        for (int i = 0; order == 0 && i < a.size(); i++) {
            order = compareTrees(a.get(i), b.get(i));
        }
        return order;
    }

    private static int compareObjects(Map<?, ?> a, Map<?, ?> b) {
        int order = Integer.compare(a.size(), b.size());
        Iterator<? extends Map.Entry<?, ?>> others = b.entrySet().iterator();
        for (Map.Entry<?, ?> entry : a.entrySet()) {
            if (order != 0) {
                break;
            }
            Map.Entry<?, ?> other = others.next();
            order = CodePoints.compare((String) entry.getKey(), (String) other.getKey());
            if (order == 0) {
                order = compareTrees(entry.getValue(), other.getValue());
            }
        }
        return order;
    }

    private static int hashTree(@Nullable Object tree) {
        return switch (tree) {
            case null -> 7;
            case List<?> array -> {
                int hash = 11;
                for (Object element : array) {
                    hash = hash * 31 + hashTree(element);
                }
                yield hash;
            }
            case Map<?, ?> object -> {
                int hash = 13;
                for (Map.Entry<?, ?> entry : object.entrySet()) {
                    hash = (hash * 31 + entry.getKey().hashCode()) * 31 + hashTree(entry.getValue());
                }
                yield hash;
            }
            default -> tree.hashCode();
        };
    }
}
