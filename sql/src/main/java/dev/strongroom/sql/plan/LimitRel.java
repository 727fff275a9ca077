package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.PlanCost;
import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.core.Sort;

/** ORDER BY, OFFSET and LIMIT over rows that come in the order already. */
final class LimitRel extends Physical {
    private final Sort sort;
    private final boolean goalGiven;

    /**
     * The first rows.
     *
     * @param goalGiven what is below knows the limit and costs accordingly
     */
    LimitRel(Sort sort, RelTraitSet traits, RelNode input, boolean goalGiven) {
        super(sort, traits, List.of(input));
        this.sort = sort;
        this.goalGiven = goalGiven;
    }

    Sort sort() {
        return sort;
    }

    @Override
    public PlanCost cost(List<PlanCost> inputs, List<Double> inputRows) {
        PlanCost input = inputs.getFirst();
        return sort.fetch == null || goalGiven ? input : input.share(rows() / inputRows.getFirst());
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return counted(new LimitRel(sort, traits, inputs.getFirst(), goalGiven));
    }

    @Override
    Built build(NodeBuilder builder) {
        return builder.limit(this);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("goal", goalGiven);
    }
}
