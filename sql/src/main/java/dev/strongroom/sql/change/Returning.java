package dev.strongroom.sql.change;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import dev.strongroom.sql.execute.RowStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what RETURNING asks for. */
final class Returning {
    private static final Row NO_ROW = new Row(0);

    private final List<Expr> expressions;
    private final Frame frame;
    private final @Nullable RowStore rows;
    private long count;

    /** No expressions: only counts. */
    Returning(ExecutionContext context, List<Expr> expressions) {
        this.expressions = expressions;
        this.frame = new Frame(context);
        this.rows = expressions.isEmpty() ? null : new RowStore(context.memory());
    }

    /** A row was changed. */
    void add(Row target, @Nullable Row source) {
        count++;
        if (rows != null) {
            Row row = new Row(expressions.size());
            frame.on(target, source == null ? NO_ROW : source);
            for (int i = 0; i < expressions.size(); i++) {
                expressions.get(i).evalInto(frame, row, i);
            }
            rows.keep(row);
        }
    }

    ChangeCursor cursor() {
        return new ChangeCursor(count, rows);
    }
}
