package dev.strongroom.sql.plan;

import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.ExpressionCompiler;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.SubPlanExpr;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgTypeFactory;
import dev.strongroom.sql.type.SubqueryOperator;
import dev.strongroom.sql.validate.Analysis;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Compiles expressions over the fields of a rel against the slots of the plan that was built for it. Knows, for every outer row
 * that is being planned inside of, where its fields are.
 */
final class Expressions {
    private final NodeBuilder builder;
    private final RexBuilder rex;
    private final Closures closures;

    /** Slots of the outer rows, by correlation variable. */
    private final Map<Integer, int[]> outer = new HashMap<>();

    Expressions(NodeBuilder builder, Analysis analysis) {
        this.builder = builder;
        this.rex = analysis.rex();
        this.closures = new Closures(analysis);
    }

    /** Makes the fields of an outer row known while a plan inside of it is built. */
    void bind(int correlation, int[] slots) {
        outer.put(correlation, slots);
    }

    void unbind(int correlation) {
        outer.remove(correlation);
    }

    /** The expressions with the queries in them closed. */
    List<RexNode> bindAll(List<RexNode> nodes) {
        return nodes.stream().map(closures::bind).toList();
    }

    /** Compiles an expression over one row. */
    Expr compile(RexNode node, int[] slots) {
        return compile(node, slots, Integer.MAX_VALUE);
    }

    List<Expr> compileAll(List<RexNode> nodes, int[] slots) {
        List<Expr> result = new ArrayList<>();
        for (RexNode node : nodes) {
            result.add(compile(node, slots));
        }
        return result;
    }

    /** Compiles an expression over two rows, of which the left one has a width. */
    Expr compile(RexNode node, int[] slots, int leftWidth) {
        return new ExpressionCompiler(leftWidth, this::subPlan).compile(onSlots(closures.bind(node), slots));
    }

    /** The expression with slots instead of fields. */
    private RexNode onSlots(RexNode node, int[] slots) {
        return node.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                int slot = slots[reference.getIndex()];
                if (slot < 0) {
                    throw new IllegalStateException("field " + reference.getIndex() + " was not planned for: " + node);
                }
                return slot == reference.getIndex() ? reference : new RexInputRef(slot, reference.getType());
            }

            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                if (!(access.getReferenceExpr() instanceof RexCorrelVariable variable)) {
                    return super.visitFieldAccess(access);
                }
                int[] known = outer.get(variable.id.getId());
                int field = access.getField().getIndex();
                if (known == null || known[field] < 0) {
                    throw new IllegalStateException("outer field " + access + " is not at hand");
                }
                return fieldOf(variable.id, known[field], PgRelType.of(access.getType()));
            }
        });
    }

    /** A field access of a correlation variable at a slot; the row type only has to be wide enough. */
    private RexNode fieldOf(CorrelationId id, int slot, PgRelType type) {
        RelDataTypeFactory.Builder fields = PgTypeFactory.INSTANCE.builder();
        for (int i = 0; i <= slot; i++) {
            fields.add("s" + i, type);
        }
        return rex.makeFieldAccess(rex.makeCorrel(fields.build(), id), slot);
    }

    private @Nullable Expr subPlan(RexCall call, ExpressionCompiler compiler) {
        if (!(call.getOperator() instanceof SubqueryOperator subquery)) {
            return null;
        }
        int variable = subquery.variable();
        int left = subquery.comparisons().size();
        List<RexNode> operands = call.getOperands();
        if (variable >= 0) {
            bind(variable, NodeBuilder.identity(operands.size() - left));
        }
        PlanNode plan = builder.subPlan(subquery.query());
        if (variable >= 0) {
            unbind(variable);
        }
        List<PgType> columns = subquery.query().getRowType().getFieldList().stream()
                .map(field -> PgRelType.of(field.getType()).pgType())
                .toList();
        return new SubPlanExpr(
                SubPlanExpr.Kind.valueOf(subquery.form().name()),
                PgRelType.of(call.getType()).pgType(),
                plan,
                variable,
                compiler.compileAll(operands.subList(left, operands.size())),
                compiler.compileAll(operands.subList(0, left)),
                subquery.comparisons(),
                columns);
    }
}
