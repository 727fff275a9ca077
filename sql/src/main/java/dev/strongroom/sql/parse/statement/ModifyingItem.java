package dev.strongroom.sql.parse.statement;

import java.util.List;

/**
 * {@code name [(columns)] AS (INSERT … RETURNING …)} in a WITH clause. Parts later in the list see the results of earlier
 * ones by name; all share one snapshot and run exactly once.
 */
public record ModifyingItem(String name, List<String> columns, Modification statement, int position) {
    public ModifyingItem {
        columns = List.copyOf(columns);
    }
}
