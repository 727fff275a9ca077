package dev.strongroom.sql.rel;

import java.util.List;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/** Sorts all rows, or keeps the first ones only where a count is given. */
public final class SortRel extends Sort implements PhysicalRel {
    private SortRel(
            RelTraitSet traits, RelNode input, RelCollation order, @Nullable RexNode offset, @Nullable RexNode fetch) {
        super(input.getCluster(), traits, input, order, offset, fetch);
    }

    /** A full sort. */
    public static SortRel of(RelNode input, RelCollation order) {
        return top(input, order, null, null);
    }

    /** The first rows of an order. */
    public static SortRel top(RelNode input, RelCollation order, @Nullable RexNode offset, @Nullable RexNode fetch) {
        RelTraitSet traits =
                input.getCluster().traitSetOf(StrongroomConvention.INSTANCE).replace(order);
        return new SortRel(traits, input, order, offset, fetch);
    }

    @Override
    public Sort copy(
            RelTraitSet traits,
            RelNode newInput,
            RelCollation order,
            @Nullable RexNode newOffset,
            @Nullable RexNode newFetch) {
        return new SortRel(traits, newInput, order, newOffset, newFetch);
    }

    @Override
    public boolean isEnforcer() {
        return fetch == null && offset == null;
    }

    @Override
    public RelNode logical() {
        return getInput();
    }

    @Override
    public double rows() {
        double rows = Math.max(1, getCluster().getMetadataQuery().getRowCount(getInput()));
        return fetch == null ? rows : RowCounts.limited(rows, offset, fetch);
    }

    @Override
    public PlanCost cost(List<PlanCost> inputs, List<Double> inputRows) {
        double rows = Math.max(2, inputRows.getFirst());
        double kept = fetch == null ? rows : Math.max(2, RowCounts.limited(rows, null, fetch));
        return inputs.getFirst()
                .blocking(2 * PlanCost.OPERATOR * rows * Math.log(Math.min(rows, kept)) / Math.log(2))
                .plusCpu(rows() * PlanCost.OPERATOR);
    }

    @Override
    public double estimateRowCount(RelMetadataQuery mq) {
        return rows();
    }

    @Override
    public RelOptCost computeSelfCost(RelOptPlanner planner, RelMetadataQuery mq) {
        return planner.getCostFactory().makeTinyCost();
    }
}
