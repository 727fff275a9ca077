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

/**
 * Functions in FROM. Each call gives its columns side by side; the shorter ones end in nulls. A call of an ordinary function
 * gives one row. With ordinality a bigint row number comes last.
 */
public final class FunctionRel extends AbstractRelNode {
    private final List<RexNode> calls;
    private final boolean ordinality;

    public FunctionRel(RelOptCluster cluster, List<RexNode> calls, boolean ordinality, RelDataType rowType) {
        super(cluster, cluster.traitSet());
        this.calls = List.copyOf(calls);
        this.ordinality = ordinality;
        this.rowType = rowType;
    }

    public List<RexNode> calls() {
        return calls;
    }

    public boolean ordinality() {
        return ordinality;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return this;
    }

    @Override
    public RelNode accept(RexShuttle shuttle) {
        List<RexNode> changed = shuttle.apply(calls);
        return changed.equals(calls) ? this : new FunctionRel(getCluster(), changed, ordinality, rowType);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("calls", calls).item("ordinality", ordinality);
    }
}
