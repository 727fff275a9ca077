package dev.strongroom.sql.rel;

import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;

/** Rows that another part of the statement keeps under an id: a CTE, a work table, what a data-modifying CTE returned. */
public final class TransientRel extends AbstractRelNode {
    private final int relationId;
    private final String name;

    public TransientRel(RelOptCluster cluster, int relationId, String name, RelDataType rowType) {
        super(cluster, cluster.traitSet());
        this.relationId = relationId;
        this.name = name;
        this.rowType = rowType;
    }

    public int relationId() {
        return relationId;
    }

    public String name() {
        return name;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return this;
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("relation", relationId).item("name", name);
    }
}
