package dev.strongroom.sql.validate;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.sql.type.PgTypeFactory;
import dev.strongroom.sql.type.SubqueryOperator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate in a sub-query all of whose columns are of one of the queries around it belongs to that query (manual, section
 * 4.2.7). There it becomes one more field behind those of the FROM item, as seen from inside.
 */
final class OuterAggregates {
    private final Scope scope;

    OuterAggregates(Scope scope) {
        this.scope = scope;
    }

    /** The expression that stands for the aggregate where it belongs to a query further out, else null. */
    @Nullable
    RexNode place(CallStage.Found call, SqlNode at) {
        Set<Integer> variables = new HashSet<>();
        boolean[] own = new boolean[1];
        RexVisitorImpl<Void> visitor = new RexVisitorImpl<>(true) {
            @Override
            public Void visitInputRef(RexInputRef reference) {
                own[0] = true;
                return null;
            }

            @Override
            public Void visitFieldAccess(RexFieldAccess access) {
                if (access.getReferenceExpr() instanceof RexCorrelVariable variable) {
                    variables.add(variable.id.getId());
                    return null;
                }
                return super.visitFieldAccess(access);
            }

            @Override
            public Void visitCall(RexCall node) {
                own[0] |= node.getOperator() instanceof SubqueryOperator;
                return super.visitCall(node);
            }
        };
        expressions(call).forEach(node -> node.accept(visitor));
        if (own[0] || variables.isEmpty()) {
            return null;
        }
        Scope owner = scope.outer();
        while (owner != null && owner.own().stream().noneMatch(variables::contains)) {
            owner = owner.outer();
        }
        return owner == null ? null : place(call, owner, at);
    }

    private static List<RexNode> expressions(CallStage.Found call) {
        List<RexNode> all = new ArrayList<>(call.arguments());
        all.addAll(call.direct());
        call.order().forEach(order -> all.add(order.expression()));
        if (call.filter() != null) {
            all.add(call.filter());
        }
        return all;
    }

    private static RexNode place(CallStage.Found call, Scope owner, SqlNode at) {
        CallStage stage = owner.aggregates;
        if (stage == null) {
            throw Analysis.error(ErrorCode.GROUPING_ERROR, "aggregate functions are not allowed in " + owner.clause, at)
                    .exception();
        }
        RexShuttle inside = new RexShuttle() {
            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                return access.getReferenceExpr() instanceof RexCorrelVariable variable
                                && owner.own().contains(variable.id.getId())
                        ? new RexInputRef(access.getField().getIndex(), access.getType())
                        : access;
            }
        };
        RexNode filter = call.filter();
        CallStage.Found moved = new CallStage.Found(
                call.function(),
                inside.apply(call.direct()),
                inside.apply(call.arguments()),
                call.distinct(),
                filter == null ? null : filter.accept(inside),
                call.order().stream()
                        .map(order -> new CallStage.Order(
                                order.expression().accept(inside), order.descending(), order.nullsFirst()))
                        .toList(),
                call.type(),
                null);
        int number = CallStage.placeholder(stage.add(moved), false);
        RelDataTypeFactory.Builder row = PgTypeFactory.INSTANCE.builder();
        row.addAll(owner.from().rel().getRowType().getFieldList());
        for (int i = 0; i <= number; i++) {
            row.add("aggregate#" + i, stage.calls().get(i).type());
        }
        Analysis analysis = owner.analysis();
        int width = owner.from().rel().getRowType().getFieldCount();
        return analysis.rex()
                .makeFieldAccess(analysis.rex().makeCorrel(row.build(), owner.correlation()), width + number);
    }
}
