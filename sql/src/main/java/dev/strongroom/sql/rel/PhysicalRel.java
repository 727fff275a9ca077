package dev.strongroom.sql.rel;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.PhysicalNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.util.Pair;
import org.jspecify.annotations.Nullable;

/** A node that runs. It knows the logical node whose rows it makes, how many they are likely to be, and what they cost. */
public interface PhysicalRel extends PhysicalNode {
    /** The logical node with the same rows; its statistics are this node's. */
    RelNode logical();

    /** Rows it is likely to return. */
    double rows();

    /**
     * What running it costs, all below included.
     *
     * @param inputs cost of each input
     * @param inputRows rows of each input
     */
    PlanCost cost(List<PlanCost> inputs, List<Double> inputRows);

    /** Orders are kept by those nodes only that say so. */
    @Override
    default @Nullable Pair<RelTraitSet, List<RelTraitSet>> passThroughTraits(RelTraitSet required) {
        return null;
    }

    @Override
    default @Nullable Pair<RelTraitSet, List<RelTraitSet>> deriveTraits(RelTraitSet childTraits, int childId) {
        return null;
    }
}
