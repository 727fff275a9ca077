package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.TableLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a whole table in key order. */
public final class TableScan implements PlanNode {
    private final TableLayout layout;
    private final RowMapping mapping;
    private final @Nullable Expr filter;

    /**
     * A scan.
     *
     * @param filter condition on the output row
     */
    public TableScan(TableLayout layout, RowMapping mapping, @Nullable Expr filter) {
        this.layout = layout;
        this.mapping = mapping;
        this.filter = filter;
    }

    public TableLayout layout() {
        return layout;
    }

    public RowMapping mapping() {
        return mapping;
    }

    public @Nullable Expr filter() {
        return filter;
    }

    @Override
    public int width() {
        return mapping.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        RowCursor rows =
                context.database().table(layout).scan(context.transaction(), 0, ScanRange.ALL, mapping.loaded());
        return new StoredRows(context, rows, mapping, filter);
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of();
    }

    @Override
    public String explain() {
        return "Seq Scan on " + layout.name();
    }

    /** Rows of a storage cursor, mapped and filtered. */
    static final class StoredRows implements PlanCursor {
        private final RowCursor rows;
        private final RowMapping mapping;
        private final @Nullable Expr filter;
        private final Row stored;
        private final Row output;
        private final Frame frame;
        private final boolean wantsKey;
        private boolean open = true;

        StoredRows(ExecutionContext context, RowCursor rows, RowMapping mapping, @Nullable Expr filter) {
            this.rows = rows;
            this.mapping = mapping;
            this.filter = filter;
            this.stored = mapping.storedRow();
            this.output = mapping.outputRow(stored);
            this.frame = new Frame(context).on(output);
            this.wantsKey = mapping.wantsKey();
        }

        @Override
        public boolean next() {
            while (rows.next()) {
                rows.load(stored);
                mapping.map(stored, output, wantsKey ? rows.key() : null, rows.version());
                if (filter == null || filter.isTrue(frame)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public Row row() {
            return output;
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                rows.close();
            }
        }
    }
}
