/**
 * From an analysed query to a plan that runs, by Apache Calcite's planners.
 *
 * <ol>
 *   <li>{@code KeyAccess}: rows by a whole primary key, VALUES and FROM-less selects need no planner
 *       (decision P-10).
 *   <li>{@code Closures} makes every query in an expression a call with arguments, so that Calcite sees all an expression
 *       depends on. {@code SemiJoins} makes semi and anti joins of EXISTS and IN, {@code ScalarJoins} left joins of correlated
 *       scalar aggregates by {@code RelDecorrelator}; the plan with a sub-plan is costed beside it.
 *   <li>Hep: {@code PushDown} (filters down, projections merged), {@code FieldTrimmer}, {@code JoinOrdering} (DPhyp over the
 *       hypergraph up to ten relations, LoptOptimizeJoinRule above).
 *   <li>Volcano, top-down, converter rules only ({@code PhysicalRules}): access path, join method and side, sort or index order,
 *       top-n or limit. {@link dev.strongroom.sql.rel.PlanCost} keeps page reads, CPU and start-up apart; numbers come from
 *       ANALYZE and from storage's own counters ({@code Statistics}, {@code Selectivity}, {@code PlanMetadata}).
 *   <li>{@code NodeBuilder} makes the nodes of {@code sql.execute}; {@code noted} is the one place every node passes.
 * </ol>
 *
 * <p>What of Calcite is left out, and why:
 * <ul>
 *   <li>{@code RexSimplify}, {@code *_REDUCE_EXPRESSIONS} and {@code RexExecutor}: they take expressions to be free of errors and
 *       to have Java's arithmetic. {@code Builders} and {@code CostPlanner} switch them off.
 *   <li>Its rules for sub-queries: EXISTS becomes a join with a distinct, NOT IN two joins with three-valued logic, and the
 *       correction for COUNT knows Calcite's COUNT only. Hence the two classes above; NOT IN stays a hashed sub-plan.
 *   <li>Outer joins in the hypergraph: moving them takes every condition to reject nulls.
 *   <li>Join commutation in Volcano (seconds for six tables): both sides of a join may be the one that is hashed or looked into,
 *       as alternatives of one logical join.
 *   <li>Rules that push a condition below an aggregation without keys, where there is a row even if nothing comes in.
 *   <li>Merge joins and sorted aggregation: {@code sql.execute} has no such nodes.
 * </ul>
 * A Filter or Project with a volatile call is a barrier to all of it (decision P-7). {@code join_collapse_limit = 1} keeps joins
 * in the order written, {@code strongroom.decorrelation} says whether queries become joins.
 *
 * <p>A finished {@link dev.strongroom.sql.plan.PreparedPlan} is immutable and shared.
 */
@NullMarked
package dev.strongroom.sql.plan;

import org.jspecify.annotations.NullMarked;
