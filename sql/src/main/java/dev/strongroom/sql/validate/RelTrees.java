package dev.strongroom.sql.validate;

import dev.strongroom.sql.function.Volatility;
import dev.strongroom.sql.rel.FunctionRel;
import dev.strongroom.sql.rel.LockRel;
import dev.strongroom.sql.rel.ProjectSetRel;
import dev.strongroom.sql.rel.RecursiveRel;
import dev.strongroom.sql.rel.RowsRel;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.rel.TransientRel;
import dev.strongroom.sql.rel.WindowRel;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.SubqueryOperator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexVisitorImpl;

/** Walks over whole trees, sub-queries in expressions included. */
public final class RelTrees {
    private RelTrees() {}

    /** Calls the visitor for every expression and every node, from the root down. */
    public static void visit(RelNode rel, Consumer<RelNode> nodes, Consumer<RexNode> expressions) {
        nodes.accept(rel);
        for (RexNode expression : expressions(rel)) {
            visitExpression(expression, nodes, expressions);
        }
        rel.getInputs().forEach(input -> visit(input, nodes, expressions));
    }

    /** As {@link #visit} for an expression: it and all below it, and the queries in it. */
    public static void visitExpression(RexNode expression, Consumer<RelNode> nodes, Consumer<RexNode> expressions) {
        expression.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitCall(RexCall call) {
                expressions.accept(call);
                if (call.getOperator() instanceof SubqueryOperator subquery) {
                    visit(subquery.query(), nodes, expressions);
                }
                return super.visitCall(call);
            }

            @Override
            public Void visitFieldAccess(RexFieldAccess access) {
                expressions.accept(access);
                return super.visitFieldAccess(access);
            }

            @Override
            public Void visitInputRef(org.apache.calcite.rex.RexInputRef reference) {
                expressions.accept(reference);
                return super.visitInputRef(reference);
            }
        });
    }

    /** Expressions a node itself holds. */
    public static List<RexNode> expressions(RelNode rel) {
        return switch (rel) {
            case Filter filter -> List.of(filter.getCondition());
            case Project project -> project.getProjects();
            case Join join -> List.of(join.getCondition());
            case Sort sort -> {
                List<RexNode> counts = new ArrayList<>();
                if (sort.offset != null) {
                    counts.add(sort.offset);
                }
                if (sort.fetch != null) {
                    counts.add(sort.fetch);
                }
                yield counts;
            }
            case RowsRel rows -> rows.rows().stream().flatMap(List::stream).toList();
            case FunctionRel function -> function.calls();
            case ProjectSetRel project -> project.expressions();
            case WindowRel window -> {
                List<RexNode> offsets = new ArrayList<>();
                if (window.frame().startOffset() != null) {
                    offsets.add(window.frame().startOffset());
                }
                if (window.frame().endOffset() != null) {
                    offsets.add(window.frame().endOffset());
                }
                yield offsets;
            }
            case ScanRel scan -> scan.conditions();
            case LockRel lock -> lock.condition() == null ? List.of() : List.of(lock.condition());
            default -> List.of();
        };
    }

    /** Rebuilds a tree bottom-up: expressions by the shuttle (queries in them too), then each node. */
    public static RelNode rewrite(RelNode rel, RexShuttle shuttle, UnaryOperator<RelNode> node) {
        List<RelNode> inputs = new ArrayList<>();
        boolean changed = false;
        for (RelNode input : rel.getInputs()) {
            RelNode rewritten = rewrite(input, shuttle, node);
            changed |= rewritten != input;
            inputs.add(rewritten);
        }
        RelNode copy = changed ? rel.copy(rel.getTraitSet(), inputs) : rel;
        return node.apply(copy.accept(shuttle));
    }

    /** A shuttle that goes into the queries of expressions. */
    public abstract static class DeepShuttle extends RexShuttle {
        /** What happens to nodes of queries in expressions. */
        protected RelNode node(RelNode rel) {
            return rel;
        }

        @Override
        public RexNode visitCall(RexCall call) {
            RexCall visited = (RexCall) super.visitCall(call);
            if (visited.getOperator() instanceof SubqueryOperator subquery) {
                RelNode rewritten = rewrite(subquery.query(), this, this::node);
                if (rewritten != subquery.query()) {
                    return SubqueryOperator.call(
                            new RexBuilder(rewritten.getCluster().getTypeFactory()),
                            subquery.form(),
                            rewritten,
                            subquery.comparisons(),
                            dev.strongroom.sql.type.PgRelType.of(visited.getType()),
                            visited.getOperands(),
                            subquery.surroundings());
                }
            }
            return visited;
        }
    }

    /** How many times a tree reads the rows kept under an id. */
    static int references(RelNode rel, int id) {
        int[] count = new int[1];
        visit(
                rel,
                node -> {
                    if (node instanceof TransientRel reference && reference.relationId() == id) {
                        count[0]++;
                    }
                },
                expression -> {});
        return count[0];
    }

    /** Whether moving a query to its only use changes nothing. */
    static boolean isInlinable(RelNode rel) {
        boolean[] inlinable = {true};
        visit(
                rel,
                node -> inlinable[0] &= !(node instanceof LockRel) && !(node instanceof RecursiveRel),
                expression -> inlinable[0] &= !isVolatileCall(expression));
        return inlinable[0];
    }

    static boolean isVolatileCall(RexNode node) {
        return node instanceof RexCall call
                && call.getOperator() instanceof PgFunction function
                && function.function().volatility() == Volatility.VOLATILE;
    }

    /** Whether anything in a tree calls a volatile function. */
    public static boolean isVolatileTree(RelNode rel) {
        boolean[] found = new boolean[1];
        visit(rel, node -> {}, expression -> found[0] |= isVolatileCall(expression));
        return found[0];
    }

    /** Whether an expression calls a volatile function. */
    public static boolean isVolatile(RexNode expression) {
        boolean[] found = new boolean[1];
        visitExpression(expression, node -> {}, node -> found[0] |= isVolatileCall(node));
        return found[0];
    }

    static RelNode replaceTransient(RelNode rel, int id, RelNode by) {
        DeepShuttle shuttle = new DeepShuttle() {
            @Override
            protected RelNode node(RelNode node) {
                return node instanceof TransientRel reference && reference.relationId() == id ? by : node;
            }
        };
        return rewrite(rel, shuttle, shuttle::node);
    }

    /** Makes references to a correlation variable refer to another one of another row type. */
    static RexShuttle recorrelate(
            RexBuilder rex, CorrelationId from, CorrelationId to, RelDataType rowType, UnaryOperator<Integer> field) {
        RexNode variable = rex.makeCorrel(rowType, to);
        return new DeepShuttle() {
            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                if (access.getReferenceExpr() instanceof RexCorrelVariable old && old.id.equals(from)) {
                    return rex.makeFieldAccess(
                            variable, field.apply(access.getField().getIndex()));
                }
                return access;
            }
        };
    }
}
