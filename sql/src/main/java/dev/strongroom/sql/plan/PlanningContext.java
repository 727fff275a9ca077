package dev.strongroom.sql.plan;

import dev.strongroom.catalog.statistics.StatisticsStore;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.SearchPath;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.sql.validate.CellUse;
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
 * @param purpose what the plan is for
 * @param decorrelation whether queries in expressions become joins
 * @param reorderJoins whether inner joins may run in another order than written
 * @param cellUse how the statement may meet encrypted columns
 * @param parameterTypes types the client declared for {@code $1}…, null elements where it left them open
 */
public record PlanningContext(
        CatalogSnapshot catalog,
        SearchPath path,
        TypeContext types,
        @Nullable Database database,
        @Nullable StatisticsStore statistics,
        Purpose purpose,
        Decorrelation decorrelation,
        boolean reorderJoins,
        String text,
        List<@Nullable PgType> parameterTypes,
        CellUse cellUse) {
    public PlanningContext {
        parameterTypes = Collections.unmodifiableList(new ArrayList<>(parameterTypes));
    }

    /** What a plan is for. */
    public enum Purpose {
        RUN,
        /** EXPLAIN: every node is described. */
        EXPLAIN,
        /** EXPLAIN ANALYZE: every node is described and measures itself; the plan runs once. */
        MEASURE
    }
}
