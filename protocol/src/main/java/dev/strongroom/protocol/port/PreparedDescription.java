package dev.strongroom.protocol.port;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Describe says of a prepared statement.
 *
 * @param parameterOids type of each {@code $n}
 * @param parameterCells parameters that are encrypted, by index, for clients that speak the extension
 * @param columns null where the statement returns no rows
 */
public record PreparedDescription(
        List<Integer> parameterOids,
        Map<Integer, ColumnCell> parameterCells,
        @Nullable List<ColumnDescription> columns) {
    /** Without encrypted parameters. */
    public PreparedDescription(List<Integer> parameterOids, @Nullable List<ColumnDescription> columns) {
        this(parameterOids, Map.of(), columns);
    }

    public PreparedDescription {
        parameterCells = Map.copyOf(parameterCells);
    }
}
