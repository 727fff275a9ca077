package dev.strongroom.sql.plan;

import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.session.ResultColumn;
import dev.strongroom.sql.validate.CellParameter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plan ready to run, any number of times and by any number of sessions at once.
 *
 * @param kind command tag
 * @param root what to open; its rows have a slot per column. A modification (under data-modifying CTEs perhaps) opens as a
 *     {@code ChangeCursor}, which knows the number of rows changed
 * @param parameterTypes type of each {@code $n}
 * @param cells parameters that are cells of encrypted columns
 * @param columns result columns, null where the statement returns no rows
 * @param relations relations to check and lock first
 * @param usesCells whether encrypted values are read, compared or written
 * @param needsSnapshot false where nothing is read but the catalog, and the transaction is to look as if untouched
 * @param cacheable false where the plan holds a literal such as {@code 'now'} and is good for this transaction only
 * @param notes what EXPLAIN says about nodes, by identity; empty for a plan that is to run
 */
public record PreparedPlan(
        Kind kind,
        PlanNode root,
        List<PgType> parameterTypes,
        List<CellParameter> cells,
        @Nullable List<ResultColumn> columns,
        List<RelationUse> relations,
        boolean usesCells,
        boolean needsSnapshot,
        boolean cacheable,
        Map<PlanNode, PlanNote> notes) {
    public PreparedPlan {
        parameterTypes = List.copyOf(parameterTypes);
        cells = List.copyOf(cells);
        columns = columns == null ? null : List.copyOf(columns);
        relations = List.copyOf(relations);
    }

    /** Which command tag the statement ends with. */
    public enum Kind {
        SELECT,
        INSERT,
        UPDATE,
        DELETE
    }
}
