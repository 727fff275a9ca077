package dev.strongroom.sql.change;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.UnaryNode;
import dev.strongroom.storage.table.WriteOutcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** UPDATE. Makes all its changes when it is opened; {@link #open} returns a {@link ChangeCursor}. */
public final class UpdateNode implements UnaryNode {
    private final TargetTable target;
    private final PlanNode source;
    private final int offset;
    private final int[] slots;
    private final Expr[] values;
    private final @Nullable Expr recheck;
    private final List<Expr> returning;

    /**
     * An UPDATE.
     *
     * @param source rows to change: from slot {@code offset} on all layout slots of the target row, then its key and version
     * @param slots layout slots that are set
     * @param values value of each over the source row, of the column's type and modifier
     * @param recheck the statement's whole condition over the source row, evaluated again when another transaction changed
     *     the row first; null if there is none
     * @param returning expressions over the new row's layout slots (left) and the source row (right)
     */
    public UpdateNode(
            TargetTable target,
            PlanNode source,
            int offset,
            int[] slots,
            List<Expr> values,
            @Nullable Expr recheck,
            List<Expr> returning) {
        this.target = target;
        this.source = source;
        this.offset = offset;
        this.slots = slots.clone();
        this.values = values.toArray(Expr[]::new);
        this.recheck = recheck;
        this.returning = List.copyOf(returning);
    }

    @Override
    public int width() {
        return returning.size();
    }

    @Override
    public ChangeCursor open(ExecutionContext context) {
        Row after = new Row(target.width());
        return new RowChange(context, target, source, offset, recheck, returning) {
            @Override
            WriteOutcome change(byte[] key, long version, Row before, Row sourceRow, Frame frame) {
                after.copySlots(0, before, 0, target.width());
                for (int i = 0; i < slots.length; i++) {
                    values[i].evalInto(frame, after, slots[i]);
                }
                WriteOutcome outcome = writer.update(key, version, before, after);
                if (outcome == WriteOutcome.DONE) {
                    returning.add(after, sourceRow);
                }
                return outcome;
            }
        }.run();
    }

    @Override
    public PlanNode input() {
        return source;
    }

    @Override
    public String explain() {
        return "Update on " + target;
    }
}
