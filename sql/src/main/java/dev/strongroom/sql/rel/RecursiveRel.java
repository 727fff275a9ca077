package dev.strongroom.sql.rel;

import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.BiRel;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;

/** WITH RECURSIVE: the left query's rows, then what the right query makes of each step's rows until there are none. */
public final class RecursiveRel extends BiRel {
    private final int workTableId;
    private final boolean all;

    public RecursiveRel(RelOptCluster cluster, RelNode seed, RelNode step, int workTableId, boolean all) {
        super(cluster, cluster.traitSet(), seed, step);
        this.workTableId = workTableId;
        this.all = all;
    }

    /** Id under which the step sees the previous step's rows. */
    public int workTableId() {
        return workTableId;
    }

    /** UNION ALL rather than UNION. */
    public boolean all() {
        return all;
    }

    @Override
    protected RelDataType deriveRowType() {
        return left.getRowType();
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new RecursiveRel(getCluster(), inputs.get(0), inputs.get(1), workTableId, all);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("work", workTableId).item("all", all);
    }
}
