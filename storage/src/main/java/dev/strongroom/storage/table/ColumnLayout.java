package dev.strongroom.storage.table;

import dev.strongroom.common.type.PgType;
import org.jspecify.annotations.Nullable;

/**
 * One stored column. Dropped columns stay in the layout.
 *
 * @param name for error details only
 * @param sinceStep schema step at which the column was added; rows written before it show {@code missing}
 * @param missing what older rows show: null, or Long, Double or the type's object
 */
public record ColumnLayout(
        String name, PgType type, int sinceStep, @Nullable Object missing) {
    public ColumnLayout(String name, PgType type) {
        this(name, type, 0, null);
    }
}
