package dev.strongroom.sql.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Describe says of a prepared statement.
 *
 * @param parameterOids type of each {@code $n}
 * @param columns null where the statement returns no rows
 */
public record StatementDescription(
        List<Integer> parameterOids, @Nullable List<ResultColumn> columns) {
    public StatementDescription {
        parameterOids = List.copyOf(parameterOids);
        columns = columns == null ? null : List.copyOf(columns);
    }
}
