package dev.strongroom.sql.execute;

import java.util.List;

/**
 * A node of a physical plan: immutable, shared by every session that runs the plan. State lives in the cursors it opens.
 */
public interface PlanNode {
    /** Slots in each row. */
    int width();

    /** Starts the node. The cursor belongs to the context's thread. */
    PlanCursor open(ExecutionContext context);

    /** True if the node never returns more than one row, read by a unique key. */
    default boolean atMostOneRow() {
        return false;
    }

    /** True if opening and reading it takes microseconds where nothing has to be waited for: a bounded number of rows. */
    default boolean isShort() {
        return false;
    }

    /** The node that EXPLAIN shows: itself unless it only stands in front of another one. */
    default PlanNode shown() {
        return this;
    }

    /** Children in the order EXPLAIN shows them. */
    List<PlanNode> inputs();

    /** First line of what EXPLAIN shows, such as {@code Seq Scan on t}. */
    String explain();

    /** Further lines of what EXPLAIN shows, such as {@code Filter: (a > 1)}. */
    default List<String> explainDetails() {
        return List.of();
    }
}
