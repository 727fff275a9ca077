package dev.strongroom.sql.session;

import dev.strongroom.sql.validate.CellParameter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Describe says of a prepared statement.
 *
 * @param parameterOids type of each {@code $n}
 * @param cells parameters that are encrypted
 * @param columns null where the statement returns no rows
 */
public record StatementDescription(
        List<Integer> parameterOids,
        List<CellParameter> cells,
        @Nullable List<ResultColumn> columns) {
    public StatementDescription {
        cells = List.copyOf(cells);
        parameterOids = List.copyOf(parameterOids);
        columns = columns == null ? null : List.copyOf(columns);
    }
}
