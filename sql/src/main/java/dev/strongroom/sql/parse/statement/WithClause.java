package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.apache.calcite.sql.SqlWithItem;

/**
 * The WITH clause of a modification.
 *
 * @param items the queries, in order
 * @param modifications the data-modifying items, in order
 */
public record WithClause(boolean recursive, List<SqlWithItem> items, List<ModifyingItem> modifications) {
    public static final WithClause NONE = new WithClause(false, List.of(), List.of());

    public WithClause {
        items = List.copyOf(items);
        modifications = List.copyOf(modifications);
    }
}
