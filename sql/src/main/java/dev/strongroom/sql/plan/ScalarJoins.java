package dev.strongroom.sql.plan;

import com.google.common.collect.ImmutableList;
import dev.strongroom.sql.rel.TransientRel;
import dev.strongroom.sql.type.PgAggregate;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgSpecial;
import dev.strongroom.sql.type.SubqueryOperator;
import dev.strongroom.sql.type.SubqueryOperator.Form;
import dev.strongroom.sql.validate.Analysis;
import dev.strongroom.sql.validate.RelTrees;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalCorrelate;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql2rel.RelDecorrelator;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/**
 * Turns a correlated scalar query over an aggregate, {@code (SELECT avg(x) FROM … WHERE y = outer.z)}, into a left join with the
 * groups, by Calcite's decorrelator. Only where no group and a group of nothing are the same, null: Calcite mends that for its own
 * COUNT, not for ours. The decorrelator gets the query with a stand-in for the outer rows; what it leaves correlated, or makes
 * read the outer rows twice, stays a sub-plan.
 */
final class ScalarJoins {
    private final Analysis analysis;
    private final RexBuilder rex;
    private boolean changed;

    private ScalarJoins(Analysis analysis) {
        this.analysis = analysis;
        this.rex = analysis.rex();
    }

    /** The tree with joins instead of scalar queries, null where there is none to replace. */
    static @Nullable RelNode rewrite(Analysis analysis, RelNode rel) {
        ScalarJoins joins = new ScalarJoins(analysis);
        RelNode rewritten = joins.rewrite(rel);
        return joins.changed ? rewritten : null;
    }

    private RelNode rewrite(RelNode rel) {
        List<RelNode> inputs = new ArrayList<>();
        boolean different = false;
        for (RelNode input : rel.getInputs()) {
            RelNode rewritten = rewrite(input);
            different |= rewritten != input;
            inputs.add(rewritten);
        }
        RelNode copy = different ? rel.copy(rel.getTraitSet(), inputs) : rel;
        boolean place = copy instanceof Filter || copy instanceof Project;
        return place && RelTrees.expressions(copy).stream().noneMatch(RelTrees::isVolatile) ? joined(copy) : copy;
    }

    /** The node with the first scalar query, and then the next ones, joined to its input. */
    private RelNode joined(RelNode node) {
        RelNode input = node.getInput(0);
        int width = input.getRowType().getFieldCount();
        List<RexNode> expressions = RelTrees.expressions(node);
        RelNode wide = input;
        for (RexCall call : candidates(expressions)) {
            RelNode joined = join(wide, call);
            if (joined != null) {
                RexNode value = RexInputRef.of(wide.getRowType().getFieldCount(), joined.getRowType());
                expressions = replaced(expressions, call, value);
                wide = joined;
            }
        }
        if (wide == input) {
            return node;
        }
        changed = true;
        if (node instanceof Project project) {
            return LogicalProject.create(wide, List.of(), expressions, project.getRowType(), Set.of());
        }
        List<RexNode> fields = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            fields.add(RexInputRef.of(i, wide.getRowType()));
        }
        RelNode filtered = LogicalFilter.create(wide, expressions.getFirst());
        return LogicalProject.create(filtered, List.of(), fields, node.getRowType(), Set.of());
    }

    private static List<RexNode> replaced(List<RexNode> expressions, RexCall call, RexNode by) {
        RexShuttle shuttle = new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall visited) {
                return visited.equals(call) ? by : super.visitCall(visited);
            }
        };
        return shuttle.apply(expressions);
    }

    /** Scalar queries that are evaluated for every row whatever comes before them: not below CASE and its kin. */
    private static List<RexCall> candidates(List<RexNode> expressions) {
        List<RexCall> found = new ArrayList<>();
        RexVisitorImpl<Void> finder = new RexVisitorImpl<>(true) {
            @Override
            public Void visitCall(RexCall call) {
                if (call.getOperator() instanceof SubqueryOperator subquery) {
                    boolean scalar = subquery.form() == Form.SCALAR && subquery.variable() >= 0;
                    if (scalar
                            && call.getOperands().stream().allMatch(RexInputRef.class::isInstance)
                            && isNullWithoutRows(subquery.query())) {
                        found.add(call);
                    }
                    return null;
                }
                boolean plain = call.getOperator() instanceof PgFunction
                        || call.getOperator() instanceof PgSpecial special && special.isCast()
                        || call.getKind() == org.apache.calcite.sql.SqlKind.AND;
                return plain ? super.visitCall(call) : null;
            }
        };
        expressions.forEach(node -> node.accept(finder));
        return found.stream().distinct().toList();
    }

    /** Strict expressions over an aggregation without keys whose aggregates are null where there are no rows. */
    private static boolean isNullWithoutRows(RelNode query) {
        return switch (query) {
            case Project project ->
                project.getProjects().stream().allMatch(ScalarJoins::isStrict) && isNullWithoutRows(project.getInput());
            case Aggregate aggregate ->
                aggregate.getGroupCount() == 0
                        && aggregate.getGroupSets().size() == 1
                        && aggregate.getAggCallList().stream()
                                .allMatch(call -> call.getAggregation() instanceof PgAggregate function
                                        && function.function().aggregateKind() == 'n'
                                        && call.collation.getFieldCollations().isEmpty()
                                        && !function.function().name().contains("count"))
                        && !RelTrees.isVolatileTree(query)
                        && isSimple(aggregate.getInput());
            default -> false;
        };
    }

    private static boolean isStrict(RexNode node) {
        if (node instanceof RexInputRef) {
            return true;
        }
        if (!(node instanceof RexCall call) || call.getOperands().isEmpty()) {
            return false;
        }
        boolean strict = call.getOperator() instanceof PgFunction function
                ? function.function().strict()
                : call.getOperator() instanceof PgSpecial special && special.isCast();
        return strict && call.getOperands().stream().anyMatch(ScalarJoins::isStrict);
    }

    /** Nodes whose decorrelation is well understood. */
    private static boolean isSimple(RelNode rel) {
        boolean known = rel instanceof Filter
                || rel instanceof Project
                || rel instanceof org.apache.calcite.rel.core.Join join && join.getJoinType() == JoinRelType.INNER
                || rel instanceof dev.strongroom.sql.rel.ScanRel;
        return known && rel.getInputs().stream().allMatch(ScalarJoins::isSimple);
    }

    private @Nullable RelNode join(RelNode input, RexCall call) {
        SubqueryOperator subquery = (SubqueryOperator) call.getOperator();
        int standInId = analysis.newRelationId();
        RelNode standIn = new TransientRel(input.getCluster(), standInId, "outer", input.getRowType());
        CorrelationId id = analysis.newCorrelation();
        RexNode variable = rex.makeCorrel(input.getRowType(), id);
        RelNode query = Closures.replace(subquery.query(), new RexShuttle() {
            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                return Closures.variable(access) == subquery.variable()
                        ? rex.makeFieldAccess(
                                variable,
                                ((RexInputRef) call.getOperands()
                                                .get(access.getField().getIndex()))
                                        .getIndex())
                        : access;
            }
        });
        ImmutableBitSet columns = ImmutableBitSet.of(call.getOperands().stream()
                .mapToInt(node -> ((RexInputRef) node).getIndex())
                .boxed()
                .toList());
        Correlate correlate = new LogicalCorrelate(
                input.getCluster(),
                input.getCluster().traitSet(),
                ImmutableList.of(),
                standIn,
                query,
                id,
                columns,
                JoinRelType.LEFT);
        RelNode free = decorrelated(correlate);
        return free == null || standIns(free, standInId) != 1 ? null : replaced(free, standInId, input);
    }

    /** Without correlation, null where Calcite cannot do it. */
    private @Nullable RelNode decorrelated(Correlate correlate) {
        try {
            RelNode free = RelDecorrelator.decorrelateQuery(correlate, Builders.of(correlate.getCluster()));
            boolean[] left = new boolean[1];
            Closures.accesses(free, access -> left[0] = true);
            return left[0] || hasCorrelate(free) ? null : free;
        } catch (RuntimeException | AssertionError e) {
            // The decorrelator says so where it meets what it cannot do: the sub-plan always runs.
            return null;
        }
    }

    private static boolean hasCorrelate(RelNode rel) {
        return rel instanceof Correlate || rel.getInputs().stream().anyMatch(ScalarJoins::hasCorrelate);
    }

    private static int standIns(RelNode rel, int id) {
        int own = rel instanceof TransientRel reference && reference.relationId() == id ? 1 : 0;
        return own
                + rel.getInputs().stream()
                        .mapToInt(input -> standIns(input, id))
                        .sum();
    }

    private static RelNode replaced(RelNode rel, int id, RelNode by) {
        if (rel instanceof TransientRel reference && reference.relationId() == id) {
            return by;
        }
        List<RelNode> inputs =
                rel.getInputs().stream().map(input -> replaced(input, id, by)).toList();
        return inputs.isEmpty() ? rel : rel.copy(rel.getTraitSet(), inputs);
    }
}
