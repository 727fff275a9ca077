package dev.strongroom.sql.plan;

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
import dev.strongroom.sql.validate.AnalyzedModification;
import dev.strongroom.sql.validate.AnalyzedModification.Conflict;
import dev.strongroom.sql.validate.AnalyzedModification.Delete;
import dev.strongroom.sql.validate.AnalyzedModification.Insert;
import dev.strongroom.sql.validate.AnalyzedModification.Update;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/** Puts the node that changes rows on top of the plan of a modification's source. */
final class ModifyPlanner {
    private final PlanBuilder builder;
    private final CatalogSnapshot catalog;
    private final TargetTables targets;
    private final Expressions expressions;

    ModifyPlanner(PlanBuilder builder, CatalogSnapshot catalog, TargetTables targets) {
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
        Built source = builder.buildAll(insert.source());
        Conflict conflict = insert.conflict();
        int[] slots = insert.slots().stream().mapToInt(Integer::intValue).toArray();
        int[] row = PlanBuilder.identity(target.width());
        List<Expr> returning = expressions.compileAll(insert.returning().values(), row);
        PlanNode node = new InsertNode(
                target, source.node(), slots, conflict == null ? null : action(conflict, insert.table()), returning);
        return noted(node, source);
    }

    private ConflictAction action(Conflict conflict, TableDefinition table) {
        int arbiter = conflict.arbiter() == 0
                ? ConflictAction.ANY_INDEX
                : catalog.storedIndexNumber(table, conflict.arbiter());
        if (!conflict.update()) {
            return new ConflictAction.Nothing(arbiter);
        }
        int width = table.columns().size();
        int[] both = PlanBuilder.identity(2 * width);
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
    private record Source(PlanNode node, int[] slots, Built built) {}

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
        return noted(node, source.built());
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
        return noted(node, source.built());
    }

    private PlanNode noted(PlanNode node, Built source) {
        return builder.noted(new Built(node, new int[0], source.rows(), source.cost()))
                .node();
    }

    private @Nullable Expr recheck(@Nullable RexNode condition, Source source) {
        return condition == null ? null : expressions.compile(condition, source.slots());
    }

    private Source source(RelNode rel, int width, List<RexNode> used, List<RexNode> returning) {
        int fields = rel.getRowType().getFieldCount();
        BitSet needed = new BitSet();
        needed.set(0, width + 2);
        used.forEach(node -> Expressions.addNeeded(node, needed));
        BitSet returned = Expressions.needed(returning);
        returned.stream().filter(field -> field >= width).forEach(field -> needed.set(field - width));
        Built built = builder.build(rel, List.of(), needed, List.of());
        boolean inPlace = true;
        for (int i = 0; i < width + 2; i++) {
            inPlace &= built.slots()[i] == i;
        }
        if (inPlace) {
            return new Source(built.node(), built.slots(), built);
        }
        int[] slots = new int[fields];
        Arrays.fill(slots, -1);
        List<Expr> values = new ArrayList<>();
        for (int field = needed.nextSetBit(0); field >= 0; field = needed.nextSetBit(field + 1)) {
            slots[field] = values.size();
            values.add(expressions.compile(RexInputRef.of(field, rel.getRowType()), built.slots()));
        }
        PlanNode node = new ProjectNode(built.node(), values);
        builder.noted(new Built(node, slots, built.rows(), built.cost()));
        return new Source(node, slots, built);
    }

    private List<Expr> returning(List<RexNode> values, int width, Source source) {
        int[] slots = Arrays.copyOf(PlanBuilder.identity(width), width + source.slots().length);
        for (int i = 0; i < source.slots().length; i++) {
            slots[width + i] = source.slots()[i] < 0 ? -1 : width + source.slots()[i];
        }
        List<Expr> result = new ArrayList<>();
        values.forEach(value -> result.add(expressions.compile(value, slots, width)));
        return result;
    }
}
