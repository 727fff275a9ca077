package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.apache.calcite.sql.SqlNode;

/**
 * SELECT, VALUES, TABLE, with their WITH clause.
 *
 * @param node PgSelect, SqlOrderBy, SqlWith, a set operation or VALUES
 * @param modifications data-modifying items lifted out of the WITH clause (decision P-5); the node refers to each by name as
 *     to a table
 */
public record Query(SqlNode node, List<ModifyingItem> modifications) implements Statement {
    public Query {
        modifications = List.copyOf(modifications);
    }
}
