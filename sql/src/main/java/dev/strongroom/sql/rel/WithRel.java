package dev.strongroom.sql.rel;

import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.BiRel;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;

/** Left: a CTE whose rows are kept, when first asked for, under an id. Right: the query that reads them. */
public final class WithRel extends BiRel {
    private final int relationId;
    private final String name;

    public WithRel(RelOptCluster cluster, RelNode definition, RelNode body, int relationId, String name) {
        super(cluster, cluster.traitSet(), definition, body);
        this.relationId = relationId;
        this.name = name;
    }

    public int relationId() {
        return relationId;
    }

    public String name() {
        return name;
    }

    @Override
    protected RelDataType deriveRowType() {
        return right.getRowType();
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new WithRel(getCluster(), inputs.get(0), inputs.get(1), relationId, name);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("relation", relationId);
    }
}
