package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the rows whose index key lies within bounds, in index order. */
public final class IndexScan implements PlanNode {
    private final TableLayout layout;
    private final int index;
    private final RowMapping mapping;
    private final KeyBounds bounds;
    private final boolean backward;
    private final @Nullable Expr filter;

    /**
     * An index scan.
     *
     * @param index 0 for the primary key, i for the layout's index i - 1
     * @param filter condition on the output row
     */
    public IndexScan(
            TableLayout layout,
            int index,
            RowMapping mapping,
            KeyBounds bounds,
            boolean backward,
            @Nullable Expr filter) {
        this.layout = layout;
        this.index = index;
        this.mapping = mapping;
        this.bounds = bounds;
        this.backward = backward;
        this.filter = filter;
    }

    @Override
    public int width() {
        return mapping.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        Table table = context.database().table(layout);
        List<KeyPart> parts = index == 0
                ? layout.primaryKey()
                : layout.indexes().get(index - 1).parts();
        int ranged = bounds.equal().size();
        boolean descending = ranged < parts.size() && parts.get(ranged).descending();
        boolean nullsFirst = ranged < parts.size() && parts.get(ranged).nullsFirst();
        List<ScanRange> ranges =
                bounds.ranges(new Frame(context), table.keyWriter(index), descending, nullsFirst, backward);
        return new Ranges(context, table, ranges);
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of();
    }

    @Override
    public String explain() {
        String name = index == 0
                ? layout.primaryKeyName()
                : layout.indexes().get(index - 1).name();
        return "Index Scan" + (backward ? " Backward" : "") + " using " + name + " on " + layout.name();
    }

    private final class Ranges implements PlanCursor {
        private final ExecutionContext context;
        private final Table table;
        private final List<ScanRange> ranges;
        private int next;
        private @Nullable PlanCursor current;

        Ranges(ExecutionContext context, Table table, List<ScanRange> ranges) {
            this.context = context;
            this.table = table;
            this.ranges = ranges;
        }

        @Override
        public boolean next() {
            while (true) {
                PlanCursor rows = current;
                if (rows != null) {
                    if (rows.next()) {
                        return true;
                    }
                    rows.close();
                    current = null;
                }
                if (next == ranges.size()) {
                    return false;
                }
                current = new TableScan.StoredRows(
                        context,
                        table.scan(context.transaction(), index, ranges.get(next++), mapping.loaded()),
                        mapping,
                        filter);
            }
        }

        @Override
        public Row row() {
            PlanCursor rows = current;
            if (rows == null) {
                throw new IllegalStateException("no current row");
            }
            return rows.row();
        }

        @Override
        public void close() {
            if (current != null) {
                current.close();
                current = null;
            }
            next = ranges.size();
        }
    }
}
