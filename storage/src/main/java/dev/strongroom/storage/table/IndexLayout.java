package dev.strongroom.storage.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A secondary index: its tree holds (index key, primary key).
 *
 * @param name constraint or index name, for UNIQUE_VIOLATION
 * @param unique no two live rows share the key; keys with a null never collide unless {@code nullsNotDistinct}
 * @param derivation computes the key columns, whose numbers are then the parts' slots; null where they are the table's columns
 */
public record IndexLayout(
        long treeId,
        String name,
        List<KeyPart> parts,
        boolean unique,
        boolean nullsNotDistinct,
        @Nullable IndexDerivation derivation) {
    public IndexLayout {
        parts = List.copyOf(parts);
    }

    /** An index over columns, which holds every row. */
    public IndexLayout(long treeId, String name, List<KeyPart> parts, boolean unique, boolean nullsNotDistinct) {
        this(treeId, name, parts, unique, nullsNotDistinct, null);
    }
}
