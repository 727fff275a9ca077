/**
 * From an analysed query to a plan that runs. {@link dev.strongroom.sql.plan.Planner} takes a statement through
 * {@code sql.validate} (rel tree), rewrites the tree, picks access paths, join order and join methods by estimated cost, and
 * builds the nodes of {@code sql.execute}. A finished {@link dev.strongroom.sql.plan.PreparedPlan} is immutable and shared.
 */
@NullMarked
package dev.strongroom.sql.plan;

import org.jspecify.annotations.NullMarked;
