package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.CostPlanner;
import dev.strongroom.sql.rel.PhysicalRel;
import dev.strongroom.sql.rel.PlanCost;
import dev.strongroom.sql.rel.StrongroomConvention;
import dev.strongroom.sql.rel.TableFacts;
import dev.strongroom.sql.type.SubqueryOperator;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollationTraitDef;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;
import org.jspecify.annotations.Nullable;

/** What all nodes that run have in common. Each stands for the logical node that gives the same rows. */
abstract class Physical extends AbstractRelNode implements PhysicalRel {
    private final RelNode logical;
    private final List<RelNode> inputs;
    private double rows = -1;

    Physical(RelNode logical, RelTraitSet traits, List<RelNode> inputs) {
        super(logical.getCluster(), traits);
        this.logical = logical;
        this.inputs = new ArrayList<>(inputs);
    }

    /** The plan of this node. */
    abstract Built build(NodeBuilder builder);

    /** The convention without an order. */
    static RelTraitSet traits(RelNode rel) {
        return rel.getCluster().traitSetOf(StrongroomConvention.INSTANCE);
    }

    /** The input as something that runs, in any order. */
    static RelNode running(RelNode input) {
        return RelOptRule.convert(input, traits(input));
    }

    static RelNode ordered(RelNode input, RelCollation order) {
        return RelOptRule.convert(input, traits(input).replace(order));
    }

    final TableFacts facts() {
        return CostPlanner.factsOf(this);
    }

    static List<RelFieldCollation> keys(RelTraitSet traits) {
        RelCollation order = traits.getTrait(RelCollationTraitDef.INSTANCE);
        return order == null ? List.of() : order.getFieldCollations();
    }

    /** The order a join's streamed side must have for the join to have this one; null where other columns are in it. */
    static @Nullable RelTraitSet streamed(Join join, boolean swapped, RelTraitSet required) {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        int from = swapped ? leftWidth : 0;
        int to = swapped ? join.getRowType().getFieldCount() : leftWidth;
        List<RelFieldCollation> keys = keys(required);
        if (keys.stream().anyMatch(key -> key.getFieldIndex() < from || key.getFieldIndex() >= to)) {
            return null;
        }
        return traits(join)
                .replace(RelCollations.of(keys.stream()
                        .map(key -> key.withFieldIndex(key.getFieldIndex() - from))
                        .toList()));
    }

    @Override
    public final RelNode logical() {
        return logical;
    }

    @Override
    public final double rows() {
        if (rows < 0) {
            PlanMetadata.use(logical);
            rows = Math.max(1, getCluster().getMetadataQuery().getRowCount(logical));
        }
        return rows;
    }

    /** Hands a known number of rows on to a copy. */
    final <P extends Physical> P counted(P copy) {
        Physical its = copy;
        its.rows = rows;
        return copy;
    }

    @Override
    public final List<RelNode> getInputs() {
        return inputs;
    }

    @Override
    public final void replaceInput(int ordinal, RelNode input) {
        inputs.set(ordinal, input);
        recomputeDigest();
    }

    @Override
    protected final RelDataType deriveRowType() {
        return logical.getRowType();
    }

    @Override
    public final double estimateRowCount(RelMetadataQuery mq) {
        return rows();
    }

    @Override
    public final RelOptCost computeSelfCost(RelOptPlanner planner, RelMetadataQuery mq) {
        return planner.getCostFactory().makeTinyCost();
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        super.explainTerms(writer);
        for (int i = 0; i < inputs.size(); i++) {
            writer.input("input" + i, inputs.get(i));
        }
        return writer.item("of", logical.getId());
    }

    /** CPU for evaluating expressions once, queries in them included. */
    final double evaluation(List<RexNode> expressions) {
        double[] sum = new double[1];
        RexVisitorImpl<Void> counter = new RexVisitorImpl<>(true) {
            @Override
            public Void visitCall(RexCall call) {
                sum[0] += PlanCost.OPERATOR;
                if (call.getOperator() instanceof SubqueryOperator query && query.variable() >= 0) {
                    PlanCost cost = facts().queryCost(query.query());
                    sum[0] += query.form() == SubqueryOperator.Form.EXISTS
                            ? cost.share(0.1).total()
                            : cost.total();
                }
                return super.visitCall(call);
            }
        };
        expressions.forEach(node -> node.accept(counter));
        return sum[0];
    }
}
