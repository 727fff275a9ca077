package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.PlanCost;
import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.Pair;
import org.jspecify.annotations.Nullable;

/** A filter or projection: looks at one row at a time and keeps their order. */
final class RowRel extends Physical {
    RowRel(RelNode logical, RelTraitSet traits, RelNode input) {
        super(logical, traits, List.of(input));
    }

    @Override
    public PlanCost cost(List<PlanCost> inputs, List<Double> inputRows) {
        List<RexNode> evaluated = logical() instanceof Filter filter
                ? List.of(filter.getCondition())
                : ((Project) logical()).getProjects();
        double perRow = evaluation(evaluated);
        return inputs.getFirst().plusCpu(inputRows.getFirst() * perRow);
    }

    @Override
    public @Nullable Pair<RelTraitSet, List<RelTraitSet>> passThroughTraits(RelTraitSet required) {
        if (!(logical() instanceof Project project)) {
            return Pair.of(required, List.of(required));
        }
        List<RelFieldCollation> below = new java.util.ArrayList<>();
        for (RelFieldCollation key : keys(required)) {
            if (!(project.getProjects().get(key.getFieldIndex()) instanceof RexInputRef reference)) {
                return null;
            }
            below.add(key.withFieldIndex(reference.getIndex()));
        }
        return Pair.of(required, List.of(traits(this).replace(RelCollations.of(below))));
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return counted(new RowRel(logical(), traits, inputs.getFirst()));
    }

    @Override
    Built build(NodeBuilder builder) {
        return logical() instanceof Filter filter
                ? builder.filter(this, filter, getInput(0))
                : builder.project(this, (Project) logical(), getInput(0));
    }
}
