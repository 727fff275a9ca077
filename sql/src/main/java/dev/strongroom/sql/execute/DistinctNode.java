package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.List;

/** The first of all rows that are equal. */
public final class DistinctNode implements PlanNode {
    private final PlanNode input;
    private final int[] slots;
    private final List<PgType> types;
    private final RowKey key;

    /** Equal in all columns: DISTINCT, UNION. */
    public DistinctNode(PlanNode input, List<PgType> types) {
        this(input, all(types.size()), types);
    }

    /** Equal in some columns: DISTINCT ON, whose input is sorted so that the wanted row of each group comes first. */
    public DistinctNode(PlanNode input, int[] slots, List<PgType> types) {
        this.input = input;
        this.slots = slots.clone();
        this.types = List.copyOf(types);
        this.key = new RowKey(slots, types);
    }

    private static int[] all(int count) {
        int[] slots = new int[count];
        for (int i = 0; i < count; i++) {
            slots[i] = i;
        }
        return slots;
    }

    /** Slots in which rows have to differ. */
    public int[] keySlots() {
        return slots.clone();
    }

    public List<PgType> keyTypes() {
        return types;
    }

    @Override
    public int width() {
        return input.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        PlanCursor rows = input.open(context);
        KeyTable<Boolean> seen = new KeyTable<>(key, context.memory());
        return new PlanCursor() {
            @Override
            public boolean next() {
                while (rows.next()) {
                    Row row = rows.row();
                    if (seen.find(row) == null) {
                        seen.add(row, Boolean.TRUE);
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
                seen.clear();
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
        return "Unique";
    }
}
