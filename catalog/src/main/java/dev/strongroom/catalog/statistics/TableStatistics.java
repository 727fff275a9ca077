package dev.strongroom.catalog.statistics;

import java.util.List;
import java.util.Optional;

/**
 * Statistics of one table, as of its last ANALYZE.
 *
 * @param rows rows counted then
 */
public record TableStatistics(int tableOid, long rows, List<ColumnStatistics> columns) {
    public TableStatistics {
        columns = List.copyOf(columns);
    }

    public Optional<ColumnStatistics> column(int number) {
        return columns.stream().filter(column -> column.column() == number).findFirst();
    }
}
