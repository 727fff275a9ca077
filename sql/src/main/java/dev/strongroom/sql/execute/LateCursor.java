package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/** Opens a plan when its first row is asked for. */
final class LateCursor implements PlanCursor {
    private final PlanNode plan;
    private final ExecutionContext context;
    private @Nullable PlanCursor rows;

    LateCursor(PlanNode plan, ExecutionContext context) {
        this.plan = plan;
        this.context = context;
    }

    @Override
    public boolean next() {
        if (rows == null) {
            rows = plan.open(context);
        }
        return rows.next();
    }

    @Override
    public Row row() {
        if (rows == null) {
            throw new IllegalStateException("no current row");
        }
        return rows.row();
    }

    @Override
    public void close() {
        if (rows != null) {
            rows.close();
        }
    }
}
