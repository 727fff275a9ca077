package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.EncryptionScheme;
import org.jspecify.annotations.Nullable;

/**
 * A parameter that meets encrypted columns.
 *
 * @param index 0-based
 * @param usage what is done with its value (decision A-1)
 * @param target column it goes to or is compared with, as {@code schema.table.column}; null where none is known
 */
public record CellParameter(
        int index,
        EncryptionScheme scheme,
        Usage usage,
        @Nullable String target) {
    /** Comparing is not assigning. */
    public enum Usage {
        ASSIGN,
        COMPARE,
        BOTH;

        Usage and(Usage other) {
            return this == other ? this : BOTH;
        }
    }
}
