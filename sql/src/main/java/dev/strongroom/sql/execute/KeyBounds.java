package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.KeyWriter;
import dev.strongroom.storage.table.ScanRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an index scan looks for: a condition on each of the first key columns, equalities first, then at most one range.
 * Expressions have the type of their key column and are evaluated when the scan opens.
 *
 * @param equal conditions on key columns 0, 1, …
 * @param low lower bound of the key column after them, null for none
 * @param high upper bound of the key column after them, null for none
 */
public record KeyBounds(
        List<Equal> equal,
        @Nullable Expr low,
        boolean lowInclusive,
        @Nullable Expr high,
        boolean highInclusive) {
    public KeyBounds {
        equal = List.copyOf(equal);
    }

    /** Only equalities. */
    public static KeyBounds equalTo(List<Equal> equal) {
        return new KeyBounds(equal, null, true, null, true);
    }

    /** A condition that fixes a key column. */
    public sealed interface Equal {}

    /** {@code column = value}; a null value finds nothing. */
    public record Value(Expr value) implements Equal {}

    /** {@code column IN (a, b, …)}. */
    public record AnyOf(List<Expr> values) implements Equal {
        public AnyOf {
            values = List.copyOf(values);
        }
    }

    /** {@code column = ANY (array)}. */
    public record InArray(Expr array) implements Equal {}

    /** {@code column IS NULL}. */
    public record IsNull(PgType type) implements Equal {}

    /**
     * The ranges to scan, in index order.
     *
     * @param descending whether the key column that {@code low} and {@code high} bound is kept in descending order
     */
    List<ScanRange> ranges(Frame frame, KeyWriter writer, boolean descending, boolean nullsFirst, boolean backward) {
        Row key = new Row(writer.parts());
        List<byte[]> prefixes = new ArrayList<>();
        prefixes(frame, writer, key, 0, prefixes);
        if (prefixes.size() > 1) {
            prefixes.sort(Arrays::compareUnsigned);
            removeDuplicates(prefixes);
            if (backward) {
                prefixes = prefixes.reversed();
            }
        }
        List<ScanRange> ranges = new ArrayList<>();
        if (low == null && high == null) {
            for (byte[] prefix : prefixes) {
                ScanRange range = equal.isEmpty() ? ScanRange.ALL : ScanRange.prefix(prefix);
                ranges.add(backward ? range.reversed() : range);
            }
            return ranges;
        }
        for (int i = 0; i < prefixes.size(); i++) {
            ScanRange range = range(frame, writer, key, descending, nullsFirst);
            if (range != null) {
                ranges.add(backward ? range.reversed() : range);
            }
        }
        return ranges;
    }

    private static void removeDuplicates(List<byte[]> sorted) {
        int kept = 0;
        for (int i = 0; i < sorted.size(); i++) {
            if (kept == 0 || !Arrays.equals(sorted.get(i), sorted.get(kept - 1))) {
                sorted.set(kept++, sorted.get(i));
            }
        }
        sorted.subList(kept, sorted.size()).clear();
    }

    private void prefixes(Frame frame, KeyWriter writer, Row key, int column, List<byte[]> into) {
        if (column == equal.size()) {
            into.add(writer.prefix(key, column));
            return;
        }
        switch (equal.get(column)) {
            case Value(Expr value) -> {
                value.evalInto(frame, key, column);
                if (!key.isNull(column)) {
                    prefixes(frame, writer, key, column + 1, into);
                }
            }
            case AnyOf(List<Expr> values) -> {
                for (Expr value : values) {
                    value.evalInto(frame, key, column);
                    if (!key.isNull(column)) {
                        prefixes(frame, writer, key, column + 1, into);
                    }
                }
            }
            case InArray(Expr array) -> {
                Object value = array.evalRef(frame);
                if (value instanceof PgArray elements) {
                    for (Object element : elements.elements()) {
                        if (element != null) {
                            set(key, column, element);
                            prefixes(frame, writer, key, column + 1, into);
                        }
                    }
                }
            }
            case IsNull ignored -> {
                key.setNull(column);
                prefixes(frame, writer, key, column + 1, into);
            }
        }
    }

    private static void set(Row key, int column, Object value) {
        switch (value) {
            case Long number -> key.setLong(column, number);
            case Double number -> key.setDouble(column, number);
            default -> key.setRef(column, value);
        }
    }

    /** The range of the last key column; nulls, which no comparison finds, lie outside it. Null if it is empty. */
    private @Nullable ScanRange range(Frame frame, KeyWriter writer, Row key, boolean descending, boolean nullsFirst) {
        int column = equal.size();
        byte[] prefix = column == 0 ? null : writer.prefix(key, column);
        key.setNull(column);
        byte[] nulls = writer.prefix(key, column + 1);
        byte[] from = nullsFirst ? nulls : prefix;
        boolean fromInclusive = !nullsFirst;
        byte[] to = nullsFirst ? prefix : nulls;
        boolean toInclusive = nullsFirst;
        Expr first = descending ? high : low;
        Expr last = descending ? low : high;
        if (first != null) {
            first.evalInto(frame, key, column);
            if (key.isNull(column)) {
                return null;
            }
            from = writer.prefix(key, column + 1);
            fromInclusive = descending ? highInclusive : lowInclusive;
        }
        if (last != null) {
            last.evalInto(frame, key, column);
            if (key.isNull(column)) {
                return null;
            }
            to = writer.prefix(key, column + 1);
            toInclusive = descending ? lowInclusive : highInclusive;
        }
        return new ScanRange(from, fromInclusive, to, toInclusive, false);
    }
}
