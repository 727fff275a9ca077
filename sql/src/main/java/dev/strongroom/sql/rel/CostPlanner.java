package dev.strongroom.sql.rel;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.ConventionTraitDef;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.volcano.RelSubset;
import org.apache.calcite.plan.volcano.VolcanoPlanner;
import org.apache.calcite.rel.RelCollationTraitDef;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.jspecify.annotations.Nullable;

/**
 * Calcite's Volcano planner, asking for orders from above (top-down), with costs that know what comes before the first row: the
 * cost of a nested loop or a LIMIT is not the sum of its inputs' costs. One thread.
 */
public final class CostPlanner extends VolcanoPlanner {
    private @Nullable TableFacts facts;

    public CostPlanner() {
        super(PlanCost.FACTORY, null);
        setTopDownOpt(true);
        addRelTraitDef(ConventionTraitDef.INSTANCE);
        addRelTraitDef(RelCollationTraitDef.INSTANCE);
        // Calcite's evaluator has Java's semantics: constants stay as they are until ours meets them.
        setExecutor((builder, constants, reduced) -> reduced.addAll(constants));
    }

    /** Forgets the last tree and makes the rules known. */
    public void prepare(List<RelOptRule> rules) {
        clear();
        rules.forEach(this::addRule);
    }

    /** Says where the numbers come from; before anything is planned. */
    public void knowing(TableFacts known) {
        this.facts = known;
    }

    /** The facts for a node's statement. */
    public static TableFacts factsOf(RelNode rel) {
        TableFacts facts = ((CostPlanner) rel.getCluster().getPlanner()).facts;
        if (facts == null) {
            throw new IllegalStateException("nothing is known of the tables");
        }
        return facts;
    }

    @Override
    public @Nullable RelOptCost getCost(RelNode rel, RelMetadataQuery mq) {
        if (!(rel instanceof PhysicalRel physical)) {
            return super.getCost(rel, mq);
        }
        List<PlanCost> costs = new ArrayList<>(2);
        List<Double> rows = new ArrayList<>(2);
        for (RelNode input : rel.getInputs()) {
            RelOptCost cost = getCost(input, mq);
            if (cost == null || cost.isInfinite()) {
                return PlanCost.FACTORY.makeInfiniteCost();
            }
            costs.add((PlanCost) cost);
            rows.add(rowsOf(input, mq));
        }
        return physical.cost(costs, rows);
    }

    private static double rowsOf(RelNode input, RelMetadataQuery mq) {
        RelNode rel = input instanceof RelSubset subset ? subset.stripped() : input;
        return Math.max(1, rel instanceof PhysicalRel physical ? physical.rows() : mq.getRowCount(rel));
    }

    /** Inputs may cost more than what contains them (LIMIT): nothing is pruned by it. */
    @Override
    protected RelOptCost upperBoundForInputs(RelNode rel, RelOptCost bound) {
        return PlanCost.FACTORY.makeInfiniteCost();
    }

    @Override
    protected RelOptCost getLowerBound(RelNode rel) {
        return PlanCost.ZERO;
    }
}
