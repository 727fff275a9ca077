package dev.strongroom.sql.plan;

import dev.strongroom.sql.type.PgTypeFactory;
import dev.strongroom.sql.type.SubqueryOperator;
import dev.strongroom.sql.validate.Analysis;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
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
import org.apache.calcite.util.ImmutableBitSet;

/**
 * Turns every query in an expression into a closed one: what it sees of rows outside becomes arguments of the call, which the
 * query sees as the fields of one variable. After that an expression depends on nothing but what Calcite finds in it, so that
 * Calcite's rules may move, merge and trim it like any other. A LATERAL join is told which columns of its left side are looked at.
 */
final class Closures {
    private final Analysis analysis;
    private final RexBuilder rex;

    Closures(Analysis analysis) {
        this.analysis = analysis;
        this.rex = analysis.rex();
    }

    /** The tree with all queries in expressions closed. */
    RelNode bind(RelNode rel) {
        List<RelNode> inputs = new ArrayList<>();
        boolean changed = false;
        for (RelNode input : rel.getInputs()) {
            RelNode bound = bind(input);
            changed |= bound != input;
            inputs.add(bound);
        }
        RelNode copy = changed ? rel.copy(rel.getTraitSet(), inputs) : rel;
        RelNode bound = copy.accept(new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
                return bound((RexCall) super.visitCall(call));
            }
        });
        return bound instanceof Correlate correlate ? withColumns(correlate) : bound;
    }

    /** The expression with the queries in it closed. */
    RexNode bind(RexNode node) {
        return node.accept(new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
                return bound((RexCall) super.visitCall(call));
            }
        });
    }

    private static Correlate withColumns(Correlate correlate) {
        ImmutableBitSet.Builder columns = ImmutableBitSet.builder();
        int id = correlate.getCorrelationId().getId();
        accesses(correlate.getRight(), access -> {
            if (variable(access) == id) {
                columns.set(access.getField().getIndex());
            }
        });
        return correlate.copy(
                correlate.getTraitSet(),
                correlate.getLeft(),
                correlate.getRight(),
                correlate.getCorrelationId(),
                columns.build(),
                correlate.getJoinType());
    }

    private RexNode bound(RexCall call) {
        if (!(call.getOperator() instanceof SubqueryOperator subquery) || subquery.isBound()) {
            return call;
        }
        RelNode query = bind(subquery.query());
        Map<RexNode, Integer> arguments = new LinkedHashMap<>();
        Set<Integer> inside = new HashSet<>();
        defined(query, inside);
        accesses(query, access -> {
            if (!inside.contains(variable(access))) {
                arguments.putIfAbsent(access, arguments.size());
            }
        });
        if (arguments.isEmpty()) {
            return subquery.bind(rex, query, call.getOperands(), -1);
        }
        List<RexNode> operands = new ArrayList<>(call.getOperands());
        RelDataTypeFactory.Builder types = PgTypeFactory.INSTANCE.builder();
        for (RexNode argument : arguments.keySet()) {
            RexFieldAccess access = (RexFieldAccess) argument;
            types.add(access.getField().getName() + "#" + types.getFieldCount(), access.getType());
            boolean own = subquery.surroundings().own().contains(variable(access));
            operands.add(own ? new RexInputRef(access.getField().getIndex(), access.getType()) : access);
        }
        CorrelationId id = analysis.newCorrelation();
        RexNode variable = rex.makeCorrel(types.build(), id);
        RelNode closed = replace(query, new RexShuttle() {
            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                Integer argument = arguments.get(access);
                return argument == null ? super.visitFieldAccess(access) : rex.makeFieldAccess(variable, argument);
            }
        });
        return subquery.bind(rex, closed, operands, id.getId());
    }

    /** The tree with other expressions. */
    static RelNode replace(RelNode rel, RexShuttle shuttle) {
        List<RelNode> inputs = new ArrayList<>();
        boolean changed = false;
        for (RelNode input : rel.getInputs()) {
            RelNode replaced = replace(input, shuttle);
            changed |= replaced != input;
            inputs.add(replaced);
        }
        return (changed ? rel.copy(rel.getTraitSet(), inputs) : rel).accept(shuttle);
    }

    private static void defined(RelNode rel, Set<Integer> ids) {
        if (rel instanceof Correlate correlate) {
            ids.add(correlate.getCorrelationId().getId());
        }
        rel.getInputs().forEach(input -> defined(input, ids));
    }

    /** A variable's number, -1 for a field of something else. */
    static int variable(RexFieldAccess access) {
        return access.getReferenceExpr() instanceof RexCorrelVariable variable ? variable.id.getId() : -1;
    }

    /** Calls the visitor for fields of variables, not looking into the (closed) queries of expressions. */
    static void accesses(RelNode rel, java.util.function.Consumer<RexFieldAccess> visitor) {
        RexVisitorImpl<Void> finder = new RexVisitorImpl<>(true) {
            @Override
            public Void visitFieldAccess(RexFieldAccess access) {
                if (variable(access) >= 0) {
                    visitor.accept(access);
                    return null;
                }
                return super.visitFieldAccess(access);
            }
        };
        dev.strongroom.sql.validate.RelTrees.expressions(rel).forEach(node -> node.accept(finder));
        rel.getInputs().forEach(input -> accesses(input, visitor));
    }
}
