package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.List;

/** INTERSECT and EXCEPT, with or without ALL. */
public final class SetOperationNode implements PlanNode {
    private final PlanNode left;
    private final PlanNode right;
    private final boolean intersect;
    private final boolean all;
    private final RowKey key;

    /**
     * A set operation.
     *
     * @param intersect true for INTERSECT, false for EXCEPT
     */
    public SetOperationNode(PlanNode left, PlanNode right, boolean intersect, boolean all, List<PgType> types) {
        this.left = left;
        this.right = right;
        this.intersect = intersect;
        this.all = all;
        this.key = RowKey.all(types);
    }

    /** How often the right side has a row, and whether the left side's was returned. */
    private static final class Count {
        private long right;
        private boolean returned;
    }

    @Override
    public int width() {
        return left.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        KeyTable<Count> counts = new KeyTable<>(key, context.memory());
        try (PlanCursor rows = right.open(context)) {
            while (rows.next()) {
                count(counts, rows.row()).right++;
            }
        }
        PlanCursor rows = left.open(context);
        return new PlanCursor() {
            @Override
            public boolean next() {
                while (rows.next()) {
                    if (wanted(count(counts, rows.row()))) {
                        return true;
                    }
                }
                return false;
            }

            @Override
            public Row row() {
                return rows.row();
            }

            @Override
            public void close() {
                rows.close();
                counts.clear();
            }
        };
    }

    private static Count count(KeyTable<Count> counts, Row row) {
        Count count = counts.find(row);
        if (count == null) {
            count = new Count();
            counts.add(row, count);
        }
        return count;
    }

    private boolean wanted(Count count) {
        if (all) {
            boolean matched = count.right > 0;
            count.right--;
            return matched == intersect;
        }
        boolean first = !count.returned;
        count.returned = true;
        return first && count.right > 0 == intersect;
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of(left, right);
    }

    @Override
    public String explain() {
        return "SetOp " + (intersect ? "Intersect" : "Except") + (all ? " All" : "");
    }
}
