package dev.strongroom.sql.plan;

import dev.strongroom.sql.execute.PlanNode;

/**
 * A plan for a rel.
 *
 * @param slots slot of each field of the rel in the node's rows, -1 for a field nobody asked for
 * @param rows estimated number of rows
 * @param cost estimated cost in PostgreSQL's units
 * @param ordered whether the rows come in the order that was wished for
 */
record Built(PlanNode node, int[] slots, double rows, double cost, boolean ordered) {
    Built(PlanNode node, int[] slots, double rows, double cost) {
        this(node, slots, rows, cost, false);
    }
}
