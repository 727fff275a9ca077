package dev.strongroom.catalog.store;

import java.util.List;

/**
 * A resolved search path.
 *
 * @param schemas OIDs in the order names are looked up: the temporary schema and {@code pg_catalog} first unless the setting
 *     places them; {@code sys} is not in it (decision P-1)
 * @param creationSchema where CREATE without a schema puts things, 0 for nowhere
 * @param explicit OIDs named by the setting, in order ({@code current_schemas(false)})
 */
public record SearchPath(List<Integer> schemas, int creationSchema, List<Integer> explicit) {
    public SearchPath {
        schemas = List.copyOf(schemas);
        explicit = List.copyOf(explicit);
    }
}
