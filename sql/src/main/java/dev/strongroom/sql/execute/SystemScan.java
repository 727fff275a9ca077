package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a relation that is computed from the catalog. */
public final class SystemScan implements PlanNode {
    private final int relationOid;
    private final String name;
    private final int[] columns;
    private final @Nullable Expr filter;

    /**
     * A scan.
     *
     * @param columns slot of the relation's row for each output slot
     * @param filter condition on the output row
     */
    public SystemScan(int relationOid, String name, int[] columns, @Nullable Expr filter) {
        this.relationOid = relationOid;
        this.name = name;
        this.columns = columns.clone();
        this.filter = filter;
    }

    @Override
    public int width() {
        return columns.length;
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        List<Row> rows = context.session().systemRows(relationOid);
        Row output = new Row(columns.length);
        Frame frame = new Frame(context).on(output);
        return new PlanCursor() {
            private int next;

            @Override
            public boolean next() {
                while (next < rows.size()) {
                    Row row = rows.get(next++);
                    for (int i = 0; i < columns.length; i++) {
                        copy(row, columns[i], output, i);
                    }
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
            public void close() {}
        };
    }

    /** System columns: only tableoid means something here. */
    private void copy(Row row, int column, Row output, int slot) {
        if (column >= 0) {
            output.copySlot(slot, row, column);
        } else if (column == RowMapping.TABLE_OID) {
            output.setLong(slot, Integer.toUnsignedLong(relationOid));
        } else {
            output.setNull(slot);
        }
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of();
    }

    @Override
    public String explain() {
        return "Seq Scan on " + name;
    }
}
