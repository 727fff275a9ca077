package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.RowLockMode;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.WaitPolicy;
import dev.strongroom.storage.table.WriteOutcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SELECT … FOR UPDATE and its kin: locks the row of each listed table behind every output row. Where another transaction
 * changed a row first, its newest version replaces the old one and the condition is evaluated again.
 */
public final class LockRowsNode implements UnaryNode {
    /**
     * A table to lock rows of.
     *
     * @param offset first of the input slots that hold all layout slots of the table's row, then its key and version
     */
    public record Locked(TableLayout layout, int offset, RowLockMode mode, WaitPolicy waiting) {}

    private final PlanNode input;
    private final List<Locked> tables;
    private final @Nullable Expr recheck;

    /**
     * Locks rows.
     *
     * @param recheck the query's condition over the input row; null for none
     */
    public LockRowsNode(PlanNode input, List<Locked> tables, @Nullable Expr recheck) {
        this.input = input;
        this.tables = List.copyOf(tables);
        this.recheck = recheck;
    }

    @Override
    public int width() {
        return input.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        PlanCursor rows = input.open(context);
        return new PlanCursor() {
            private final Frame frame = new Frame(context);
            private Row row = new Row(0);

            @Override
            public boolean next() {
                while (rows.next()) {
                    row = rows.row();
                    boolean kept = true;
                    for (int i = 0; kept && i < tables.size(); i++) {
                        kept = lock(tables.get(i));
                    }
                    if (kept) {
                        return true;
                    }
                }
                return false;
            }

            private boolean lock(Locked locked) {
                int width = locked.layout().columns().size();
                int keySlot = locked.offset() + width;
                if (row.isNull(keySlot)) {
                    return true;
                }
                Table table = context.database().table(locked.layout());
                byte[] key = row.getRef(keySlot);
                while (true) {
                    WriteOutcome outcome = table.lock(
                            context.transaction(), key, row.getLong(keySlot + 1), locked.mode(), locked.waiting());
                    if (outcome != WriteOutcome.CHANGED) {
                        return outcome == WriteOutcome.DONE;
                    }
                    Row newest = new Row(width);
                    long version = table.getLatest(context.transaction(), key, newest, null);
                    if (version < 0) {
                        return false;
                    }
                    row = row.copy();
                    row.copySlots(locked.offset(), newest, 0, width);
                    row.setLong(keySlot + 1, version);
                    if (recheck != null && !recheck.isTrue(frame.on(row))) {
                        return false;
                    }
                }
            }

            @Override
            public Row row() {
                return row;
            }

            @Override
            public void close() {
                rows.close();
            }
        };
    }

    @Override
    public PlanNode input() {
        return input;
    }

    @Override
    public String explain() {
        return "LockRows";
    }
}
