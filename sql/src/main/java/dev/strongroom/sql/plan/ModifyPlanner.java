package dev.strongroom.sql.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.sql.change.ConflictAction;
import dev.strongroom.sql.change.DeleteNode;
import dev.strongroom.sql.change.InsertNode;
import dev.strongroom.sql.change.TargetTable;
import dev.strongroom.sql.change.TargetTables;
import dev.strongroom.sql.change.UpdateNode;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.ProjectNode;
import dev.strongroom.sql.type.PgTypeFactory;
import dev.strongroom.sql.validate.AnalyzedModification;
import dev.strongroom.sql.validate.AnalyzedModification.Conflict;
import dev.strongroom.sql.validate.AnalyzedModification.Delete;
import dev.strongroom.sql.validate.AnalyzedModification.Insert;
import dev.strongroom.sql.validate.AnalyzedModification.Update;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** Puts the node that changes rows on top of the plan of a modification's source. */
final class ModifyPlanner {
    private final NodeBuilder builder;
    private final CatalogSnapshot catalog;
    private final TargetTables targets;
    private final Expressions expressions;

    ModifyPlanner(NodeBuilder builder, CatalogSnapshot catalog, TargetTables targets) {
        this.builder = builder;
        this.catalog = catalog;
        this.targets = targets;
        this.expressions = builder.expressions();
    }

    PlanNode plan(AnalyzedModification modification) {
        PlanNode node = switch (modification) {
            case Insert insert -> insert(insert);
            case Update update -> update(update);
            case Delete delete -> delete(delete);
        };
        return node;
    }

    private PlanNode insert(Insert insert) {
        TargetTable target = targets.target(insert.table().oid());
        Built source = builder.plan(insert.source());
        Conflict conflict = insert.conflict();
        int[] slots = insert.slots().stream().mapToInt(Integer::intValue).toArray();
        int[] row = NodeBuilder.identity(target.width());
        List<Expr> returning = expressions.compileAll(insert.returning().values(), row);
        PlanNode node = new InsertNode(
                target, source.node(), slots, conflict == null ? null : action(conflict, insert.table()), returning);
        return node;
    }

    private ConflictAction action(Conflict conflict, TableDefinition table) {
        int arbiter = conflict.arbiter() == 0
                ? ConflictAction.ANY_INDEX
                : catalog.storedIndexNumber(table, conflict.arbiter());
        if (!conflict.update()) {
            return new ConflictAction.Nothing(arbiter);
        }
        int width = table.columns().size();
        int[] both = NodeBuilder.identity(2 * width);
        List<Expr> values = new ArrayList<>();
        conflict.values().forEach(value -> values.add(expressions.compile(value, both, width)));
        RexNode condition = conflict.condition();
        return new ConflictAction.Update(
                arbiter,
                conflict.slots(),
                values,
                condition == null ? null : expressions.compile(condition, both, width));
    }

    /** A source whose rows begin with the target's columns, key and version. */
    private record Source(PlanNode node, int[] slots) {}

    private PlanNode update(Update update) {
        TargetTable target = targets.target(update.table().oid());
        int width = target.width();
        List<RexNode> used = new ArrayList<>(update.values());
        RexNode condition = update.condition();
        if (condition != null) {
            used.add(condition);
        }
        Source source = source(update.source(), width, used, update.returning().values());
        int[] slots = update.slots().stream().mapToInt(Integer::intValue).toArray();
        PlanNode node = new UpdateNode(
                target,
                source.node(),
                0,
                slots,
                expressions.compileAll(update.values(), source.slots()),
                recheck(condition, source),
                returning(update.returning().values(), width, source));
        return node;
    }

    private PlanNode delete(Delete delete) {
        TargetTable target = targets.target(delete.table().oid());
        int width = target.width();
        RexNode condition = delete.condition();
        List<RexNode> used = condition == null ? List.of() : List.of(condition);
        Source source = source(delete.source(), width, used, delete.returning().values());
        PlanNode node = new DeleteNode(
                target,
                source.node(),
                0,
                recheck(condition, source),
                returning(delete.returning().values(), width, source));
        return node;
    }

    private @Nullable Expr recheck(@Nullable RexNode condition, Source source) {
        return condition == null ? null : expressions.compile(condition, source.slots());
    }

    private Source source(RelNode rel, int width, List<RexNode> used, List<RexNode> returning) {
        int fields = rel.getRowType().getFieldCount();
        List<RexNode> bound = expressions.bindAll(used);
        ImmutableBitSet.Builder builderOfNeeded = ImmutableBitSet.builder();
        builderOfNeeded.set(0, width + 2);
        bound.forEach(node -> builderOfNeeded.addAll(RelOptUtil.InputFinder.bits(node)));
        expressions
                .bindAll(returning)
                .forEach(node -> RelOptUtil.InputFinder.bits(node).forEach(field -> {
                    if (field >= width) {
                        builderOfNeeded.set(field - width);
                    }
                }));
        ImmutableBitSet needed = builderOfNeeded.build();
        List<RexNode> picked = new ArrayList<>();
        needed.forEach(field -> picked.add(RexInputRef.of(field, rel.getRowType())));
        RelDataTypeFactory.Builder types = PgTypeFactory.INSTANCE.builder();
        picked.forEach(node -> types.add("f" + types.getFieldCount(), node.getType()));
        RelNode projected = new LogicalProject(
                rel.getCluster(),
                rel.getCluster().traitSet(),
                ImmutableList.of(),
                rel,
                picked,
                types.build(),
                ImmutableSet.of());
        Built built = builder.planLoosely(projected);
        int[] slots = new int[fields];
        Arrays.fill(slots, -1);
        boolean inPlace = true;
        for (int i = 0; i < picked.size(); i++) {
            slots[needed.nth(i)] = built.slots()[i];
            inPlace &= i >= width + 2 || built.slots()[i] == i;
        }
        if (inPlace) {
            return new Source(built.node(), slots);
        }
        List<Expr> values = new ArrayList<>();
        for (int i = 0; i < picked.size(); i++) {
            values.add(expressions.compile(RexInputRef.of(i, projected.getRowType()), built.slots()));
            slots[needed.nth(i)] = i;
        }
        return new Source(new ProjectNode(built.node(), values), slots);
    }

    private List<Expr> returning(List<RexNode> values, int width, Source source) {
        int[] slots = Arrays.copyOf(NodeBuilder.identity(width), width + source.slots().length);
        for (int i = 0; i < source.slots().length; i++) {
            slots[width + i] = source.slots()[i] < 0 ? -1 : width + source.slots()[i];
        }
        List<Expr> result = new ArrayList<>();
        values.forEach(value -> result.add(expressions.compile(value, slots, width)));
        return result;
    }
}
