package dev.strongroom.storage.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A secondary index: its tree holds (index key, primary key).
 *
 * @param name constraint or index name, for UNIQUE_VIOLATION
 * @param unique no two live rows share the key; keys with a null never collide unless {@code nullsNotDistinct}
 * @param derivation computes the key columns, whose numbers are then the parts' slots; null where they are the table's columns
 * @param valid whether it may be read by; if not, it is kept in step all the same, but need not have all rows
 */
public record IndexLayout(
        long treeId,
        String name,
        List<KeyPart> parts,
        boolean unique,
        boolean nullsNotDistinct,
        @Nullable IndexDerivation derivation,
        boolean valid) {
    public IndexLayout {
        parts = List.copyOf(parts);
    }

    /** An index over columns, which holds every row and may be read by. */
    public IndexLayout(long treeId, String name, List<KeyPart> parts, boolean unique, boolean nullsNotDistinct) {
        this(treeId, name, parts, unique, nullsNotDistinct, null, true);
    }
}
