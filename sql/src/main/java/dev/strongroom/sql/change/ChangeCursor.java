package dev.strongroom.sql.change;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.execute.RowStore;
import org.jspecify.annotations.Nullable;

/** A finished INSERT, UPDATE or DELETE: its changes were all made when it was opened; what is left are RETURNING's rows. */
public final class ChangeCursor implements PlanCursor {
    private static final Row NO_ROW = new Row(0);

    private final long changedRows;
    private final @Nullable RowStore returned;
    private int next;
    private Row row = NO_ROW;

    ChangeCursor(long changedRows, @Nullable RowStore returned) {
        this.changedRows = changedRows;
        this.returned = returned;
    }

    /** The number in the command tag. */
    public long changedRows() {
        return changedRows;
    }

    @Override
    public boolean next() {
        if (returned == null || next == returned.size()) {
            return false;
        }
        row = returned.get(next++);
        return true;
    }

    @Override
    public Row row() {
        return row;
    }

    @Override
    public void close() {
        if (returned != null) {
            returned.clear();
        }
    }
}
