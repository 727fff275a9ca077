package dev.strongroom.common.value;

import dev.strongroom.common.type.PgType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A composite value: the types of its fields and their boxed values.
 *
 * @param types types of the fields
 * @param names names of the fields, empty where it has none: a ROW(…)
 * @param values boxed values, null for SQL null; never changed after construction
 */
public record RecordValue(
        List<PgType> types, List<String> names, @Nullable Object[] values) {
    public RecordValue {
        types = List.copyOf(types);
        names = List.copyOf(names);
    }

    /** A record whose fields have no names. */
    public RecordValue(List<PgType> types, @Nullable Object[] values) {
        this(types, List.of(), values);
    }

    /** Name of a field, {@code f1} and so on where it has none. */
    public String name(int field) {
        return names.isEmpty() ? "f" + (field + 1) : names.get(field);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordValue that && types.equals(that.types) && Arrays.deepEquals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.deepToString(values);
    }
}
