package dev.strongroom.catalog.pgview;

import java.util.Set;

/** Catalogs that all databases share ({@code relisshared}). */
final class SharedRelations {
    private static final Set<Integer> OIDS = Set.of(1213, 1214, 1260, 1261, 1262, 2396, 2964, 3592, 6000, 6100, 6243);

    private SharedRelations() {}

    static boolean contains(int oid) {
        return OIDS.contains(oid);
    }
}
