package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.PlanCost;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.validate.RelTrees;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.hep.HepRelVertex;
import org.apache.calcite.plan.volcano.RelSubset;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;

/** Joins that look into an index of one side's table, once for each row of the other side. */
record Lookups(ScanRel scan, Access access, CorrelationId variable, List<RexNode> conditions) {

    /**
     * The cheapest way to look into one side, null where no index serves.
     *
     * @param swapped into the left side rather than the right one
     */
    static @Nullable Lookups of(Join join, boolean swapped) {
        JoinRelType type = join.getJoinType();
        boolean possible = type == JoinRelType.INNER
                || !swapped && (type == JoinRelType.LEFT || type == JoinRelType.SEMI || type == JoinRelType.ANTI);
        if (!possible || join.getCondition().isAlwaysTrue() || RelTrees.isVolatile(join.getCondition())) {
            return null;
        }
        if (!(original(swapped ? join.getLeft() : join.getRight()) instanceof ScanRel scan)) {
            return null;
        }
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        int offset = swapped ? 0 : leftWidth;
        int width = scan.getRowType().getFieldCount();
        RexBuilder rex = join.getCluster().getRexBuilder();
        RelNode streamed = swapped ? join.getRight() : join.getLeft();
        CorrelationId id = join.getCluster().createCorrel();
        RexNode variable = rex.makeCorrel(streamed.getRowType(), id);
        List<RexNode> own = new ArrayList<>();
        for (RexNode node : RelOptUtil.conjunctions(join.getCondition())) {
            own.add(node.accept(new RexShuttle() {
                @Override
                public RexNode visitInputRef(RexInputRef reference) {
                    int field = reference.getIndex();
                    return field >= offset && field < offset + width
                            ? new RexInputRef(scan.fields().get(field - offset), reference.getType())
                            : rex.makeFieldAccess(variable, swapped ? field - leftWidth : field);
                }
            }));
        }
        List<RexNode> conditions = new ArrayList<>(own);
        conditions.addAll(scan.conditions());
        Access best = null;
        PlanCost cost = null;
        for (Access access : Access.of(scan, conditions)) {
            boolean uses = access.used().stream().anyMatch(own::contains);
            PlanCost its = access.cost(Statistics.of(scan), scan);
            if (uses && (cost == null || its.isLt(cost))) {
                best = access;
                cost = its;
            }
        }
        return best == null ? null : new Lookups(scan, best, id, conditions);
    }

    static RelNode original(RelNode rel) {
        return rel instanceof RelSubset subset
                ? subset.getOriginal()
                : rel instanceof HepRelVertex vertex ? vertex.getCurrentRel() : rel;
    }
}
