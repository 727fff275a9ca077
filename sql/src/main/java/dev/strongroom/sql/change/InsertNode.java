package dev.strongroom.sql.change;

import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.RowSpool;
import dev.strongroom.sql.execute.UnaryNode;
import dev.strongroom.sql.execute.ValuesNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** INSERT. Makes all its changes when it is opened; {@link #open} returns a {@link ChangeCursor}. */
public final class InsertNode implements UnaryNode {
    private final TargetTable target;
    private final PlanNode source;
    private final int[] slots;
    private final @Nullable ConflictAction conflict;
    private final List<Expr> returning;

    /**
     * An INSERT.
     *
     * @param source rows whose column i, of the target column's type and modifier, goes to layout slot {@code slots[i]};
     *     columns not named get their defaults
     * @param returning expressions over the new row's layout slots, empty for none
     */
    public InsertNode(
            TargetTable target, PlanNode source, int[] slots, @Nullable ConflictAction conflict, List<Expr> returning) {
        this.target = target;
        this.source = source;
        this.slots = slots.clone();
        this.conflict = conflict;
        this.returning = List.copyOf(returning);
    }

    @Override
    public int width() {
        return returning.size();
    }

    @Override
    public ChangeCursor open(ExecutionContext context) {
        try (RowInserter inserter = new RowInserter(context, target, slots, conflict, returning)) {
            return insert(context, inserter);
        }
    }

    private ChangeCursor insert(ExecutionContext context, RowInserter inserter) {
        if (source instanceof ValuesNode) {
            try (PlanCursor rows = source.open(context)) {
                while (rows.next()) {
                    inserter.add(rows.row());
                }
            }
            return inserter.finish();
        }
        try (RowSpool collected = new RowSpool(context)) {
            try (PlanCursor rows = source.open(context)) {
                while (rows.next()) {
                    collected.add(rows.row());
                }
            }
            inserter.many();
            collected.drain(inserter::add);
        }
        return inserter.finish();
    }

    @Override
    public PlanNode input() {
        return source;
    }

    @Override
    public String explain() {
        return "Insert on " + target;
    }
}
