package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/** Rows that several readers share, pulled from their source as the first reader gets to them. */
final class SharedRows {
    private final RowStore rows;
    private @Nullable PlanCursor source;

    /** Rows that are all there. */
    SharedRows(RowStore rows) {
        this.rows = rows;
    }

    /** Rows still to come. */
    SharedRows(RowStore rows, PlanCursor source) {
        this.rows = rows;
        this.source = source;
    }

    /** The row of a number, null beyond the last. */
    @Nullable
    Row get(int index) {
        while (index >= rows.size() && source != null) {
            if (source.next()) {
                rows.add(source.row());
            } else {
                close();
            }
        }
        return index < rows.size() ? rows.get(index) : null;
    }

    /** Runs the source to its end. */
    void complete() {
        while (source != null) {
            get(rows.size());
        }
    }

    void close() {
        PlanCursor cursor = source;
        if (cursor != null) {
            source = null;
            cursor.close();
        }
    }
}
