package dev.strongroom.sql.plan;

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
 * @param text statement text, for error positions
 * @param parameterTypes types the client declared for {@code $1}…, null elements where it left them open
 */
public record PlanningContext(
        CatalogSnapshot catalog,
        SearchPath path,
        TypeContext types,
        @Nullable Database database,
        String text,
        List<@Nullable PgType> parameterTypes) {
    public PlanningContext {
        parameterTypes = Collections.unmodifiableList(new ArrayList<>(parameterTypes));
    }
}
