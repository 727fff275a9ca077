package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.ValueOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of {@code IN (SELECT …)}, hashed; rows with nulls are kept apart because they can only answer "unknown". */
final class HashedRows {
    private final List<PgType> columns;
    private final ValueOrder[] orders;
    private final Set<Key> rows = new HashSet<>();
    private final List<@Nullable Object[]> withNulls = new ArrayList<>();

    HashedRows(List<PgType> columns) {
        this.columns = columns;
        this.orders = columns.stream().map(ValueOrder::of).toArray(ValueOrder[]::new);
    }

    /** True if every comparison is the equality of one type with itself, which the type's hash agrees with. */
    static boolean supports(FunctionSignature[] comparisons) {
        for (FunctionSignature comparison : comparisons) {
            boolean equality =
                    comparison.name().endsWith("eq") || comparison.name().endsWith("_eq");
            if (!equality
                    || !comparison
                            .arguments()
                            .get(0)
                            .equals(comparison.arguments().get(1))) {
                return false;
            }
        }
        return true;
    }

    void add(Row row) {
        @Nullable Object[] values = new Object[columns.size()];
        boolean sawNull = false;
        for (int i = 0; i < values.length; i++) {
            values[i] = TypeCodecs.of(columns.get(i)).box(row, i);
            sawNull |= values[i] == null;
        }
        if (sawNull) {
            withNulls.add(values);
        } else {
            rows.add(new Key(values, orders));
        }
    }

    /** Whether the values are among the rows; null for unknown. */
    @Nullable
    Boolean contains(@Nullable Object[] values) {
        boolean nullInside = false;
        for (Object value : values) {
            nullInside |= value == null;
        }
        if (!nullInside && rows.contains(new Key(values, orders))) {
            return Boolean.TRUE;
        }
        for (@Nullable Object[] candidate : withNulls) {
            if (mayEqual(values, candidate)) {
                return null;
            }
        }
        if (nullInside) {
            for (Key candidate : rows) {
                if (mayEqual(values, candidate.values)) {
                    return null;
                }
            }
        }
        return Boolean.FALSE;
    }

    private boolean mayEqual(@Nullable Object[] a, @Nullable Object[] b) {
        for (int i = 0; i < a.length; i++) {
            Object left = a[i];
            Object right = b[i];
            if (left != null && right != null && orders[i].compareBoxed(left, right) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Values that hash and compare by their types; nulls equal each other. */
    static final class Key {
        private final @Nullable Object[] values;
        private final ValueOrder[] orders;
        private final int hash;

        Key(@Nullable Object[] values, ValueOrder[] orders) {
            this.values = values;
            this.orders = orders;
            int result = 1;
            for (int i = 0; i < values.length; i++) {
                Object value = values[i];
                result = result * 31 + (value == null ? 0 : orders[i].hashBoxed(value));
            }
            hash = result;
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (!(other instanceof Key that) || hash != that.hash || values.length != that.values.length) {
                return false;
            }
            for (int i = 0; i < values.length; i++) {
                Object a = values[i];
                Object b = that.values[i];
                if (a == null || b == null ? a != b : orders[i].compareBoxed(a, b) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
