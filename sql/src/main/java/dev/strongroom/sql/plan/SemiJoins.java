package dev.strongroom.sql.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.SubqueryOperator;
import dev.strongroom.sql.type.SubqueryOperator.Form;
import dev.strongroom.sql.validate.RelTrees;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/**
 * Turns {@code EXISTS}, {@code NOT EXISTS} and {@code IN} into semi and anti joins, as PostgreSQL pulls up sub-links: only where
 * the query is filters and projections over something that does not look at the outer row. Calcite's own rules would make a join
 * with a distinct of them. {@code NOT IN} has three answers and stays a hashed sub-plan.
 */
final class SemiJoins {
    private final RexBuilder rex;
    private final int leftFields;
    private final SubqueryOperator subquery;
    private final List<RexNode> arguments;
    private final List<RexNode> on = new ArrayList<>();

    private SemiJoins(RexBuilder rex, int leftFields, SubqueryOperator subquery, List<RexNode> arguments) {
        this.rex = rex;
        this.leftFields = leftFields;
        this.subquery = subquery;
        this.arguments = arguments;
    }

    /** The tree with joins instead of queries in conditions, where that can be. */
    static RelNode rewrite(RelNode rel) {
        List<RelNode> inputs = new ArrayList<>();
        boolean changed = false;
        for (RelNode input : rel.getInputs()) {
            RelNode rewritten = rewrite(input);
            changed |= rewritten != input;
            inputs.add(rewritten);
        }
        RelNode copy = changed ? rel.copy(rel.getTraitSet(), inputs) : rel;
        return copy instanceof Filter filter ? filter(filter) : copy;
    }

    private static RelNode filter(Filter filter) {
        if (RelTrees.isVolatile(filter.getCondition())) {
            return filter;
        }
        List<RexNode> rest = new ArrayList<>();
        List<RexNode> queries = new ArrayList<>();
        for (RexNode node : RelOptUtil.conjunctions(filter.getCondition())) {
            (isCandidate(node) ? queries : rest).add(node);
        }
        if (queries.isEmpty()) {
            return filter;
        }
        RelNode input = filter.getInput();
        RexBuilder rex = filter.getCluster().getRexBuilder();
        RelNode result = input;
        for (RexNode node : queries) {
            RelNode joined = join(result, node, rex);
            if (joined == null) {
                rest.add(node);
            } else {
                result = joined;
            }
        }
        return rest.isEmpty() ? result : LogicalFilter.create(result, RexUtil.composeConjunction(rex, rest));
    }

    private static RexNode inner(RexNode node) {
        return node.getKind() == SqlKind.NOT ? ((RexCall) node).getOperands().getFirst() : node;
    }

    private static boolean isCandidate(RexNode node) {
        boolean not = node.getKind() == SqlKind.NOT;
        return inner(node) instanceof RexCall call
                && call.getOperator() instanceof SubqueryOperator subquery
                && (subquery.form() == Form.EXISTS && subquery.variable() >= 0 || subquery.form() == Form.ANY && !not);
    }

    private static @Nullable RelNode join(RelNode left, RexNode condition, RexBuilder rex) {
        RexCall call = (RexCall) inner(condition);
        SubqueryOperator subquery = (SubqueryOperator) call.getOperator();
        int compared = subquery.comparisons().size();
        List<RexNode> arguments =
                call.getOperands().subList(compared, call.getOperands().size());
        SemiJoins joins = new SemiJoins(rex, left.getRowType().getFieldCount(), subquery, arguments);
        RelNode right = joins.takeApart(call.getOperands().subList(0, compared));
        if (right == null) {
            return null;
        }
        return new LogicalJoin(
                left.getCluster(),
                left.getCluster().traitSet(),
                ImmutableList.of(),
                left,
                right,
                RexUtil.composeConjunction(rex, joins.on),
                ImmutableSet.of(),
                condition.getKind() == SqlKind.NOT ? JoinRelType.ANTI : JoinRelType.SEMI,
                false,
                ImmutableList.of());
    }

    private @Nullable RelNode takeApart(List<RexNode> compared) {
        RelNode query = subquery.query();
        List<RexNode> outputs = new ArrayList<>();
        for (int i = 0; i < compared.size(); i++) {
            outputs.add(RexInputRef.of(i, query.getRowType()));
        }
        List<RexNode> inside = new ArrayList<>();
        while (true) {
            if (query instanceof Project project
                    && project.getProjects().stream().noneMatch(RelTrees::isVolatile)) {
                List<RexNode> fields = project.getProjects();
                outputs.replaceAll(output -> through(output, fields));
                inside.replaceAll(node -> through(node, fields));
                query = project.getInput();
            } else if (query instanceof Filter filter && looksOut(filter.getCondition())) {
                List<RexNode> staying = new ArrayList<>();
                for (RexNode node : RelOptUtil.conjunctions(filter.getCondition())) {
                    (looksOut(node) ? inside : staying).add(node);
                }
                RexNode rest = RexUtil.composeConjunction(rex, staying);
                query = filter.getInput();
                if (!staying.isEmpty()) {
                    query = LogicalFilter.create(query, rest);
                    break;
                }
            } else {
                break;
            }
        }
        boolean[] stillLooks = new boolean[1];
        Closures.accesses(query, access -> stillLooks[0] |= Closures.variable(access) == subquery.variable());
        if (stillLooks[0] && subquery.variable() >= 0 || inside.stream().anyMatch(RelTrees::isVolatile)) {
            return null;
        }
        inside.forEach(node -> on.add(outside(node)));
        for (int i = 0; i < outputs.size(); i++) {
            on.add(comparison(subquery.comparisons().get(i), compared.get(i), outside(outputs.get(i))));
        }
        return on.isEmpty() ? null : query;
    }

    private RexNode comparison(FunctionSignature signature, RexNode left, RexNode right) {
        return PgFunction.operator(
                rex,
                signature.name().endsWith("eq") ? "=" : signature.name(),
                signature,
                PgRelType.of(signature.result()),
                List.of(left, right));
    }

    private boolean looksOut(RexNode node) {
        boolean[] found = new boolean[1];
        node.accept(new RexShuttle() {
            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                found[0] |= subquery.variable() >= 0 && Closures.variable(access) == subquery.variable();
                return access;
            }
        });
        return found[0];
    }

    /** An expression of the query over the join's row: arguments are the left row's, the query's fields move behind it. */
    private RexNode outside(RexNode node) {
        return node.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                return new RexInputRef(reference.getIndex() + leftFields, reference.getType());
            }

            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                return Closures.variable(access) == subquery.variable()
                        ? arguments.get(access.getField().getIndex())
                        : access;
            }
        });
    }

    private static RexNode through(RexNode node, List<RexNode> fields) {
        return node.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                return fields.get(reference.getIndex());
            }
        });
    }
}
