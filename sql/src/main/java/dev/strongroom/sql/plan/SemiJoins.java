package dev.strongroom.sql.plan;

import dev.strongroom.sql.execute.JoinKind;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.SubqueryOperator;
import dev.strongroom.sql.type.SubqueryOperator.Form;
import dev.strongroom.sql.validate.RelTrees;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/**
 * Turns correlated {@code EXISTS}, {@code NOT EXISTS} and {@code IN} into semi and anti joins, as PostgreSQL pulls up sub-links:
 * only where the query is filters over something that does not look at the outer row. Everything else runs as a sub-plan.
 */
final class SemiJoins {
    private static final double WORTH_HASHING = 20;

    private final PlanBuilder builder;
    private final int leftFields;
    private final Set<Integer> own;
    private final List<RexNode> on = new ArrayList<>();

    private SemiJoins(PlanBuilder builder, int leftFields, Set<Integer> own) {
        this.builder = builder;
        this.leftFields = leftFields;
        this.own = own;
    }

    /** The left plan joined with the condition's query, or null where the condition is not of that kind. */
    static @Nullable Built tryJoin(PlanBuilder builder, Built left, RelNode rel, RexNode condition) {
        boolean not = condition.getKind() == SqlKind.NOT;
        RexNode inner = not ? ((RexCall) condition).getOperands().getFirst() : condition;
        if (!(inner instanceof RexCall call)
                || !(call.getOperator() instanceof SubqueryOperator subquery)
                || left.rows() < WORTH_HASHING
                || RelTrees.isVolatile(condition)
                || !Expressions.hasOwnCorrelation(condition)) {
            return null;
        }
        boolean exists = subquery.form() == Form.EXISTS;
        boolean in = subquery.form() == Form.ANY && !not;
        if (!exists && !in) {
            return null;
        }
        int fields = rel.getRowType().getFieldCount();
        return new SemiJoins(builder, fields, subquery.surroundings().own()).join(left, call, subquery, not);
    }

    private @Nullable Built join(Built left, RexCall call, SubqueryOperator subquery, boolean not) {
        RelNode query = subquery.query();
        List<RexNode> outputs = new ArrayList<>();
        for (int i = 0; i < call.getOperands().size(); i++) {
            outputs.add(RexInputRef.of(i, query.getRowType()));
        }
        while (true) {
            if (query instanceof Project project) {
                List<RexNode> fields = project.getProjects();
                outputs.replaceAll(output -> through(output, fields));
                on.replaceAll(node -> throughRight(node, fields));
                query = project.getInput();
            } else if (query instanceof Filter filter) {
                RelNode rest = takeCorrelated(filter);
                if (rest == null) {
                    return null;
                }
                query = rest;
                if (query instanceof Filter) {
                    break;
                }
            } else {
                break;
            }
        }
        if (on.isEmpty() || Expressions.references(query).stream().anyMatch(own::contains)) {
            return null;
        }
        for (int i = 0; i < outputs.size(); i++) {
            if (Expressions.hasSubquery(outputs.get(i))
                    || Expressions.hasSubquery(call.getOperands().get(i))) {
                return null;
            }
            on.add(comparison(
                    subquery.comparisons().get(i),
                    call.getOperands().get(i),
                    RexUtil.shift(outputs.get(i), leftFields)));
        }
        if (on.stream().noneMatch(node -> JoinPlanner.hashable(node, leftFields) != null)
                || on.stream().anyMatch(Expressions::hasSubquery)) {
            return null;
        }
        BitSet needed = Expressions.needed(on);
        for (int field = 0; field < leftFields; field++) {
            if (needed.get(field) && left.slots()[field] < 0) {
                return null;
            }
        }
        Built right = builder.build(
                query, List.of(), needed.get(leftFields, Math.max(leftFields, needed.length())), List.of());
        return builder.semiJoin(left, right, not ? JoinKind.ANTI : JoinKind.SEMI, on, leftFields);
    }

    private RexNode comparison(FunctionSignature signature, RexNode left, RexNode right) {
        return PgFunction.operator(
                builder.rex(),
                signature.name().endsWith("eq") ? "=" : signature.name(),
                signature,
                PgRelType.of(signature.result()),
                List.of(left, right));
    }

    /** Takes the conditions that look at the outer row out of a filter; null where that cannot be done. */
    private @Nullable RelNode takeCorrelated(Filter filter) {
        List<RexNode> staying = new ArrayList<>();
        for (RexNode node : RelOptUtil.conjunctions(filter.getCondition())) {
            if (!isCorrelated(node)) {
                staying.add(node);
                continue;
            }
            if (Expressions.hasSubquery(node)) {
                return null;
            }
            on.add(joinCondition(node));
        }
        RexNode rest = RexUtil.composeConjunction(builder.rex(), staying);
        return rest.isAlwaysTrue() ? filter.getInput() : filter.copy(filter.getTraitSet(), filter.getInput(), rest);
    }

    private boolean isCorrelated(RexNode node) {
        boolean[] found = new boolean[1];
        RelTrees.visitExpression(node, rel -> {}, expression -> {
            if (expression instanceof RexFieldAccess access
                    && access.getReferenceExpr() instanceof RexCorrelVariable variable) {
                found[0] |= own.contains(variable.id.getId());
            }
        });
        return found[0];
    }

    /** Outer fields become left fields, the query's own fields move behind them. */
    private RexNode joinCondition(RexNode node) {
        return node.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                return new RexInputRef(reference.getIndex() + leftFields, reference.getType());
            }

            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                return access.getReferenceExpr() instanceof RexCorrelVariable variable
                                && own.contains(variable.id.getId())
                        ? new RexInputRef(access.getField().getIndex(), access.getType())
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

    private RexNode throughRight(RexNode node, List<RexNode> fields) {
        return node.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                int field = reference.getIndex() - leftFields;
                return field < 0 ? reference : RexUtil.shift(fields.get(field), leftFields);
            }
        });
    }
}
