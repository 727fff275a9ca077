package dev.strongroom.sql.plan;

import dev.strongroom.catalog.statistics.StatisticsStore;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.SearchPath;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.storage.table.Database;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What planning depends on besides the statement.
 *
 * @param types settings by which literals are read
 * @param database where row estimates come from, null without one
 * @param statistics what ANALYZE found, null without a catalog
 * @param text statement text, for error positions
 * @param explain whether the plan will be explained rather than run
 * @param parameterTypes types the client declared for {@code $1}…, null elements where it left them open
 */
public record PlanningContext(
        CatalogSnapshot catalog,
        SearchPath path,
        TypeContext types,
        @Nullable Database database,
        @Nullable StatisticsStore statistics,
        boolean explain,
        String text,
        List<@Nullable PgType> parameterTypes) {
    public PlanningContext {
        parameterTypes = Collections.unmodifiableList(new ArrayList<>(parameterTypes));
    }
}
