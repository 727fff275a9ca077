package dev.strongroom.sql.rel;

import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/** VALUES with any expressions; one row of no fields for a SELECT without FROM. */
public final class RowsRel extends AbstractRelNode {
    private final List<List<RexNode>> rows;

    public RowsRel(RelOptCluster cluster, List<List<RexNode>> rows, RelDataType rowType) {
        super(cluster, cluster.traitSet());
        this.rows = rows.stream().map(List::copyOf).toList();
        this.rowType = rowType;
    }

    public List<List<RexNode>> rows() {
        return rows;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return this;
    }

    @Override
    public RelNode accept(RexShuttle shuttle) {
        List<List<RexNode>> changed = rows.stream().map(shuttle::apply).toList();
        return changed.equals(rows) ? this : new RowsRel(getCluster(), changed, rowType);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("rows", rows);
    }
}
