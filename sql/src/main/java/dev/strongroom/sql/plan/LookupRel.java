package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.PlanCost;
import dev.strongroom.sql.rel.ScanRel;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.Pair;
import org.jspecify.annotations.Nullable;

/** A join that looks each row's matches up in an index of the other side's table. Keeps the order of the side it streams. */
final class LookupRel extends Physical {
    private final Join join;
    private final ScanRel scan;
    private final Access access;
    private final CorrelationId variable;
    private final List<RexNode> conditions;
    private final boolean swapped;

    /**
     * A join.
     *
     * @param scan the side looked into, without the join's conditions
     * @param access how it is looked into
     * @param variable stands for the streamed row in the access and the conditions
     * @param conditions all that must hold of a row that is found, over all fields of the scan
     * @param swapped the left side is the one looked into
     */
    LookupRel(
            Join join,
            RelTraitSet traits,
            RelNode streamed,
            ScanRel scan,
            Access access,
            CorrelationId variable,
            List<RexNode> conditions,
            boolean swapped) {
        super(join, traits, List.of(streamed));
        this.join = join;
        this.scan = scan;
        this.access = access;
        this.variable = variable;
        this.conditions = conditions;
        this.swapped = swapped;
    }

    Join join() {
        return join;
    }

    ScanRel scan() {
        return scan;
    }

    Access access() {
        return access;
    }

    CorrelationId variable() {
        return variable;
    }

    boolean swapped() {
        return swapped;
    }

    List<RexNode> residual() {
        List<RexNode> rest = new ArrayList<>(conditions);
        rest.removeAll(access.used());
        return rest;
    }

    @Override
    public PlanCost cost(List<PlanCost> inputs, List<Double> inputRows) {
        double outerRows = inputRows.getFirst();
        PlanCost once = access.cost(facts(), scan);
        double perRow = once.cpu() + PlanCost.ROW + access.rows() * evaluation(residual());
        double pages = Math.min(outerRows * once.pages(), 2 * facts().pageCost(scan.relation()));
        PlanCost outer = inputs.getFirst();
        return new PlanCost(
                outer.startup() + once.startup(),
                outer.pages() + pages,
                outer.cpu() + outerRows * perRow + rows() * PlanCost.OPERATOR);
    }

    @Override
    public @Nullable Pair<RelTraitSet, List<RelTraitSet>> passThroughTraits(RelTraitSet required) {
        RelTraitSet outer = streamed(join, swapped, required);
        return outer == null ? null : Pair.of(required, List.of(outer));
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return counted(new LookupRel(join, traits, inputs.getFirst(), scan, access, variable, conditions, swapped));
    }

    @Override
    Built build(NodeBuilder builder) {
        return builder.joins().lookup(this);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("index", access.index()).item("swapped", swapped);
    }
}
