package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.PlanCost;
import dev.strongroom.sql.rel.ScanRel;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/** Reads a stored table: all of it, or through an index, which may give an order as well. */
final class AccessRel extends Physical {
    private final ScanRel scan;
    private final @Nullable Access access;
    private final boolean backward;

    AccessRel(ScanRel scan, RelTraitSet traits, @Nullable Access access, boolean backward) {
        super(scan, traits, List.of());
        this.scan = scan;
        this.access = access;
        this.backward = backward;
    }

    ScanRel scan() {
        return scan;
    }

    /** How the index is used, null where the whole table is read. */
    @Nullable
    Access access() {
        return access;
    }

    boolean backward() {
        return backward;
    }

    /** Conditions the index does not make true by itself. */
    List<RexNode> residual() {
        List<RexNode> rest = new ArrayList<>(scan.conditions());
        if (access != null) {
            rest.removeAll(access.used());
        }
        return rest;
    }

    @Override
    public PlanCost cost(List<PlanCost> inputs, List<Double> inputRows) {
        double total = facts().rows(scan.relation());
        double read = access == null ? total : access.rows();
        PlanCost cost = access == null
                ? new PlanCost(0, facts().pageCost(scan.relation()), total * PlanCost.ROW)
                : access.cost(facts(), scan);
        PlanCost filtered = cost.plusCpu(read * evaluation(residual()));
        boolean inOrder = !keys(getTraitSet()).isEmpty();
        return inOrder && scan.goal() < rows() ? filtered.share(scan.goal() / rows()) : filtered;
    }

    /** The same access in an order its index has. */
    @Override
    public @Nullable RelNode passThrough(RelTraitSet required) {
        if (access == null || !keys(getTraitSet()).isEmpty()) {
            return null;
        }
        List<RelFieldCollation> wanted = keys(required).stream()
                .map(key -> key.withFieldIndex(scan.fields().get(key.getFieldIndex())))
                .toList();
        int order = access.order(wanted);
        return order == 0 ? null : new AccessRel(scan, required, access, order < 0);
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return counted(new AccessRel(scan, traits, access, backward));
    }

    @Override
    Built build(NodeBuilder builder) {
        return builder.scans().table(this);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer)
                .item("index", access == null ? -1 : access.index())
                .item("backward", backward);
    }
}
