package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.statistics.StatisticsStore;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.SearchPath;
import dev.strongroom.storage.table.Database;
import org.jspecify.annotations.Nullable;

/**
 * Who looks at a system relation, and at what.
 *
 * @param storage storage of the database, for sizes and sequence states
 * @param statistics what ANALYZE found, null where nobody asks for it
 */
public record SystemContext(
        CatalogSnapshot snapshot,
        SearchPath path,
        int sessionUserOid,
        int currentUserOid,
        Database storage,
        ServerState server,
        @Nullable StatisticsStore statistics) {
    public SystemContext(
            CatalogSnapshot snapshot,
            SearchPath path,
            int sessionUserOid,
            int currentUserOid,
            Database storage,
            ServerState server) {
        this(snapshot, path, sessionUserOid, currentUserOid, storage, server, null);
    }
}
