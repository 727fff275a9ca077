package dev.strongroom.sql.plan;

import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.ExpressionCompiler;
import dev.strongroom.sql.execute.SubPlanExpr;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgTypeFactory;
import dev.strongroom.sql.type.SubqueryOperator;
import dev.strongroom.sql.validate.RelTrees;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexVisitorImpl;
import org.jspecify.annotations.Nullable;

/**
 * Compiles expressions over the fields of a rel against the slots of the plan that was built for it. Knows, for every outer row
 * that is being planned inside of, where its fields are.
 */
final class Expressions {
    private final PlanBuilder builder;
    private final RexBuilder rex;

    /** Slots of the outer rows, by correlation variable. */
    private final Map<Integer, int[]> outer = new HashMap<>();

    Expressions(PlanBuilder builder, RexBuilder rex) {
        this.builder = builder;
        this.rex = rex;
    }

    /** Makes the fields of an outer row known while a plan inside of it is built. */
    void bind(int correlation, int[] slots) {
        outer.put(correlation, slots);
    }

    void unbind(int correlation) {
        outer.remove(correlation);
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
        return new ExpressionCompiler(leftWidth, (call, compiler) -> subPlan(call, compiler, slots))
                .compile(onSlots(node, slots));
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

    private @Nullable Expr subPlan(RexCall call, ExpressionCompiler compiler, int[] slots) {
        if (!(call.getOperator() instanceof SubqueryOperator subquery)) {
            return null;
        }
        Set<Integer> own = new HashSet<>(references(subquery.query()));
        boolean once = own.stream().noneMatch(subquery.surroundings().visible()::contains);
        own.retainAll(subquery.surroundings().own());
        if (own.size() > 1) {
            throw new IllegalStateException("a sub-query refers to its row by several variables");
        }
        int correlation = own.isEmpty() ? -1 : own.iterator().next();
        int[] shadowed = outer.get(correlation);
        if (correlation >= 0) {
            bind(correlation, slots);
        }
        Built plan = builder.buildAll(subquery.query());
        if (correlation >= 0) {
            unbind(correlation);
            if (shadowed != null) {
                bind(correlation, shadowed);
            }
        }
        builder.addSubPlan(plan.node());
        List<PgType> columns = subquery.query().getRowType().getFieldList().stream()
                .map(field -> PgRelType.of(field.getType()).pgType())
                .toList();
        return new SubPlanExpr(
                SubPlanExpr.Kind.valueOf(subquery.form().name()),
                PgRelType.of(call.getType()).pgType(),
                plan.node(),
                correlation,
                once,
                compiler.compileAll(call.getOperands()),
                subquery.comparisons(),
                columns);
    }

    /** Correlation variables a tree refers to. */
    static Set<Integer> references(RelNode rel) {
        Set<Integer> ids = new HashSet<>();
        RelTrees.visit(rel, node -> {}, expression -> addReference(expression, ids));
        return ids;
    }

    private static void addReference(RexNode expression, Set<Integer> ids) {
        if (expression instanceof RexFieldAccess access
                && access.getReferenceExpr() instanceof RexCorrelVariable variable) {
            ids.add(variable.id.getId());
        }
    }

    /** Whether a query in the expression looks at the row the expression is evaluated on. */
    static boolean hasOwnCorrelation(RexNode node) {
        boolean[] found = new boolean[1];
        node.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitCall(RexCall call) {
                if (call.getOperator() instanceof SubqueryOperator subquery) {
                    Set<Integer> ids = references(subquery.query());
                    ids.retainAll(subquery.surroundings().own());
                    found[0] |= !ids.isEmpty();
                }
                return super.visitCall(call);
            }
        });
        return found[0];
    }

    static boolean hasSubquery(RexNode node) {
        boolean[] found = new boolean[1];
        node.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitCall(RexCall call) {
                found[0] |= call.getOperator() instanceof SubqueryOperator;
                return super.visitCall(call);
            }
        });
        return found[0];
    }

    /** Fields of the row that an expression needs, those its queries need included. */
    static void addNeeded(RexNode node, BitSet needed) {
        node.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitInputRef(RexInputRef reference) {
                needed.set(reference.getIndex());
                return null;
            }

            @Override
            public Void visitCall(RexCall call) {
                if (call.getOperator() instanceof SubqueryOperator subquery) {
                    Set<Integer> own = subquery.surroundings().own();
                    addCorrelated(subquery.query(), own, needed);
                }
                return super.visitCall(call);
            }
        });
    }

    /** Fields of the rows named by correlation variables that a tree refers to. */
    static void addCorrelated(RelNode rel, Set<Integer> variables, BitSet needed) {
        RelTrees.visit(rel, node -> {}, expression -> {
            if (expression instanceof RexFieldAccess access
                    && access.getReferenceExpr() instanceof RexCorrelVariable variable
                    && variables.contains(variable.id.getId())) {
                needed.set(access.getField().getIndex());
            }
        });
    }

    static BitSet needed(List<RexNode> nodes) {
        BitSet needed = new BitSet();
        nodes.forEach(node -> addNeeded(node, needed));
        return needed;
    }
}
