package dev.strongroom.sql.plan;

import dev.strongroom.sql.execute.PlanNode;

/**
 * The plan of a rel. A projection that only picks fields costs nothing: it is a different view of the same rows.
 *
 * @param slots slot of each field of the rel in the node's rows
 */
record Built(PlanNode node, int[] slots) {}
