package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.FunctionRel;
import dev.strongroom.sql.rel.LockRel;
import dev.strongroom.sql.rel.PlanCost;
import dev.strongroom.sql.rel.ProjectSetRel;
import dev.strongroom.sql.rel.RecursiveRel;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.rel.WindowRel;
import dev.strongroom.sql.rel.WithRel;
import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.SetOp;

/** A node that can be run in one way only. */
final class OtherRel extends Physical {
    OtherRel(RelNode logical, RelTraitSet traits, List<RelNode> inputs) {
        super(logical, traits, inputs);
    }

    @Override
    public PlanCost cost(List<PlanCost> inputs, List<Double> inputRows) {
        double in = inputRows.stream().mapToDouble(Double::doubleValue).sum();
        return switch (logical()) {
            case Aggregate aggregate ->
                inputs.getFirst()
                        .blocking(in
                                * (PlanCost.ROW
                                                * aggregate.getGroupSets().size()
                                                * (aggregate.getGroupCount() > 0 ? 1 : 0)
                                        + PlanCost.OPERATOR
                                                * aggregate.getAggCallList().size()))
                        .plusCpu(rows() * PlanCost.ROW);
            case Correlate ignored -> {
                PlanCost right = inputs.get(1);
                double times = inputRows.getFirst();
                yield inputs.getFirst()
                        .plus(new PlanCost(right.startup(), right.pages() * times, right.cpu() * times))
                        .plusCpu(rows() * PlanCost.OPERATOR);
            }
            case WindowRel window -> {
                double calls = in * PlanCost.OPERATOR * (1 + window.calls().size());
                yield inputs.getFirst()
                        .blocking(2 * PlanCost.OPERATOR * in * Math.log(Math.max(2, in)))
                        .plusCpu(calls);
            }
            case WithRel ignored -> inputs.get(1).after(inputs.get(0));
            case RecursiveRel ignored -> inputs.get(0).plus(inputs.get(1).multiplyBy(10));
            case SetOp operation
            when operation.all && inputs.size() > 0 -> sum(inputs).plusCpu(in * PlanCost.OPERATOR);
            case ScanRel ignored -> PlanCost.cpu(rows() * PlanCost.ROW);
            case FunctionRel ignored -> PlanCost.cpu(rows() * PlanCost.ROW);
            case ProjectSetRel ignored -> sum(inputs).plusCpu(rows() * PlanCost.ROW);
            case LockRel ignored -> sum(inputs).plusCpu(in * PlanCost.LOOKUP);
            default -> sum(inputs).plusCpu(Math.max(in, rows()) * PlanCost.ROW);
        };
    }

    private static PlanCost sum(List<PlanCost> inputs) {
        PlanCost all = PlanCost.ZERO;
        for (PlanCost input : inputs) {
            all = all.plus(input);
        }
        return all;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return counted(new OtherRel(logical(), traits, inputs));
    }

    @Override
    Built build(NodeBuilder builder) {
        return builder.other(this);
    }
}
