package dev.strongroom.sql.execute;

import java.util.List;

/** Sorts rows in memory; equal rows keep their order. */
public final class SortNode implements PlanNode {
    private final PlanNode input;
    private final RowComparator comparator;

    public SortNode(PlanNode input, List<SortKey> keys) {
        this.input = input;
        this.comparator = new RowComparator(keys);
    }

    @Override
    public int width() {
        return input.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        RowStore rows = new RowStore(context.memory());
        try (PlanCursor cursor = input.open(context)) {
            while (cursor.next()) {
                rows.add(cursor.row());
            }
        }
        rows.rows().sort(comparator);
        return new StoreCursor(rows) {
            @Override
            public void close() {
                rows.clear();
            }
        };
    }

    @Override
    public boolean isShort() {
        return input.isShort();
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of(input);
    }

    @Override
    public String explain() {
        return "Sort";
    }
}
