package dev.strongroom.protocol.port;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Describe says of a prepared statement.
 *
 * @param parameterOids type of each {@code $n}
 * @param columns null where the statement returns no rows
 */
public record PreparedDescription(
        List<Integer> parameterOids, @Nullable List<ColumnDescription> columns) {}
