package dev.strongroom.storage.table;

import java.util.List;

/**
 * A secondary index: its tree holds (index key, primary key).
 *
 * @param name constraint or index name, for UNIQUE_VIOLATION
 * @param unique no two live rows share the key; keys with a null never collide unless {@code nullsNotDistinct}
 */
public record IndexLayout(long treeId, String name, List<KeyPart> parts, boolean unique, boolean nullsNotDistinct) {
    public IndexLayout {
        parts = List.copyOf(parts);
    }
}
