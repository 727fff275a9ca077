package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.PlanCost;
import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.util.Pair;
import org.jspecify.annotations.Nullable;

/** A join that reads both sides once: by hashing one of them, or by looking at every pair. Keeps the order of the side it streams. */
final class SideRel extends Physical {
    private final Join join;
    private final boolean hash;
    private final boolean swapped;

    /**
     * A join.
     *
     * @param hash by hashing the side that is kept
     * @param swapped the left side is the one that is kept
     */
    SideRel(Join join, RelTraitSet traits, List<RelNode> inputs, boolean hash, boolean swapped) {
        super(join, traits, inputs);
        this.join = join;
        this.hash = hash;
        this.swapped = swapped;
    }

    Join join() {
        return join;
    }

    boolean hash() {
        return hash;
    }

    boolean swapped() {
        return swapped;
    }

    @Override
    public PlanCost cost(List<PlanCost> inputs, List<Double> inputRows) {
        int streamed = swapped ? 1 : 0;
        PlanCost outer = inputs.get(streamed);
        PlanCost kept = inputs.get(1 - streamed);
        double outerRows = inputRows.get(streamed);
        double keptRows = inputRows.get(1 - streamed);
        double tested = hash ? outerRows * PlanCost.ROW : outerRows * keptRows * PlanCost.OPERATOR;
        double keeping = hash ? 2 * PlanCost.ROW : PlanCost.OPERATOR;
        double residual = hash ? 0 : outerRows * keptRows * evaluation(List.of(join.getCondition()));
        return outer.after(kept.plusCpu(keptRows * keeping)).plusCpu(tested + residual + rows() * PlanCost.OPERATOR);
    }

    @Override
    public @Nullable Pair<RelTraitSet, List<RelTraitSet>> passThroughTraits(RelTraitSet required) {
        JoinRelType type = join.getJoinType();
        boolean keeps = type == JoinRelType.INNER
                || !swapped && (type == JoinRelType.LEFT || type == JoinRelType.SEMI || type == JoinRelType.ANTI);
        if (!keeps) {
            return null;
        }
        RelTraitSet outer = streamed(join, swapped, required);
        if (outer == null) {
            return null;
        }
        RelTraitSet plain = traits(this);
        return Pair.of(required, swapped ? List.of(plain, outer) : List.of(outer, plain));
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return counted(new SideRel(join, traits, inputs, hash, swapped));
    }

    @Override
    Built build(NodeBuilder builder) {
        return builder.joins().sides(this);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("hash", hash).item("swapped", swapped);
    }
}
