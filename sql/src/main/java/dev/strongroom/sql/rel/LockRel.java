package dev.strongroom.sql.rel;

import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.storage.table.RowLockMode;
import dev.strongroom.storage.table.WaitPolicy;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;

/**
 * FOR UPDATE and its kin: locks the rows of tables before letting a row through. The input's row holds each table's columns,
 * key and version side by side.
 */
public final class LockRel extends SingleRel {
    private final List<Target> targets;
    private final @Nullable RexNode condition;

    /** One table's rows: where their columns begin in the input. */
    public record Target(TableDefinition table, int offset, RowLockMode mode, WaitPolicy whenHeld) {}

    public LockRel(RelOptCluster cluster, RelNode input, List<Target> targets, @Nullable RexNode condition) {
        super(cluster, cluster.traitSet(), input);
        this.condition = condition;
        this.targets = List.copyOf(targets);
    }

    public List<Target> targets() {
        return targets;
    }

    /** What was asked of the rows, to be asked again of a row that another transaction has changed; null for nothing. */
    public @Nullable RexNode condition() {
        return condition;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new LockRel(getCluster(), inputs.getFirst(), targets, condition);
    }

    @Override
    public RelNode accept(RexShuttle shuttle) {
        RexNode changed = condition == null ? null : shuttle.apply(condition);
        return Objects.equals(changed, condition) ? this : new LockRel(getCluster(), input, targets, changed);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("targets", targets).item("condition", condition);
    }
}
