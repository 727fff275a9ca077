package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.SearchPath;
import dev.strongroom.storage.table.Database;

/**
 * Who looks at a system relation, and at what.
 *
 * @param storage storage of the database, for sizes and sequence states
 */
public record SystemContext(
        CatalogSnapshot snapshot,
        SearchPath path,
        int sessionUserOid,
        int currentUserOid,
        Database storage,
        ServerState server) {}
