package dev.strongroom.sql.rel;

import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;

/** DISTINCT ON: the first row of each run of equal keys; the input is sorted so that equal keys stand together. */
public final class DistinctOnRel extends SingleRel {
    private final List<Integer> keys;

    public DistinctOnRel(RelOptCluster cluster, RelNode input, List<Integer> keys) {
        super(cluster, cluster.traitSet(), input);
        this.keys = List.copyOf(keys);
    }

    public List<Integer> keys() {
        return keys;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new DistinctOnRel(getCluster(), inputs.getFirst(), keys);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("keys", keys);
    }
}
