package dev.strongroom.sql.rel;

import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/**
 * A projection some of whose expressions are calls of set-returning functions (never nested deeper): each input row gives as
 * many rows as the longest of them.
 */
public final class ProjectSetRel extends SingleRel {
    private final List<RexNode> expressions;

    public ProjectSetRel(RelOptCluster cluster, RelNode input, List<RexNode> expressions, RelDataType rowType) {
        super(cluster, cluster.traitSet(), input);
        this.expressions = List.copyOf(expressions);
        this.rowType = rowType;
    }

    public List<RexNode> expressions() {
        return expressions;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new ProjectSetRel(getCluster(), inputs.getFirst(), expressions, getRowType());
    }

    @Override
    public RelNode accept(RexShuttle shuttle) {
        List<RexNode> changed = shuttle.apply(expressions);
        return changed.equals(expressions) ? this : new ProjectSetRel(getCluster(), input, changed, rowType);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("expressions", expressions);
    }
}
