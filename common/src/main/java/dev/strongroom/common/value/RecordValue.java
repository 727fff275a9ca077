package dev.strongroom.common.value;

import dev.strongroom.common.type.PgType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A composite value: the types of its fields and their boxed values.
 *
 * @param types types of the fields
 * @param values boxed values, null for SQL null; never changed after construction
 */
public record RecordValue(List<PgType> types, @Nullable Object[] values) {
    public RecordValue {
        types = List.copyOf(types);
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
