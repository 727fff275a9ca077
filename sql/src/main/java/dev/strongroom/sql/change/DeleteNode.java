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

/** DELETE. Makes all its changes when it is opened; {@link #open} returns a {@link ChangeCursor}. */
public final class DeleteNode implements UnaryNode {
    private final TargetTable target;
    private final PlanNode source;
    private final int offset;
    private final @Nullable Expr recheck;
    private final List<Expr> returning;

    /**
     * A DELETE.
     *
     * @param source rows to delete: from slot {@code offset} on all layout slots of the target row, then its key and version
     * @param recheck the statement's whole condition over the source row, evaluated again when another transaction changed
     *     the row first; null if there is none
     * @param returning expressions over the old row's layout slots (left) and the source row (right)
     */
    public DeleteNode(TargetTable target, PlanNode source, int offset, @Nullable Expr recheck, List<Expr> returning) {
        this.target = target;
        this.source = source;
        this.offset = offset;
        this.recheck = recheck;
        this.returning = List.copyOf(returning);
    }

    @Override
    public int width() {
        return returning.size();
    }

    @Override
    public ChangeCursor open(ExecutionContext context) {
        return new RowChange(context, target, source, offset, recheck, returning) {
            @Override
            WriteOutcome change(byte[] key, long version, Row before, Row sourceRow, Frame frame) {
                WriteOutcome outcome = writer.delete(key, version, before);
                if (outcome == WriteOutcome.DONE) {
                    returning.add(before, sourceRow);
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
        return "Delete on " + target;
    }
}
