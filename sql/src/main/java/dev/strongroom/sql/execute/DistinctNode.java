package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first of all rows that are equal. */
public final class DistinctNode implements UnaryNode {
    /** Below this nobody asks for {@code work_mem}. */
    private static final long LITTLE = 256 << 10;

    private final PlanNode input;
    private final int[] slots;
    private final List<PgType> types;
    private final RowKey key;
    /** Order says nothing here, so rows may wait in files. */
    private final boolean anyOrder;
    /** How often the input was dealt out to files before. */
    private final int level;

    private DistinctNode(PlanNode input, int[] slots, List<PgType> types, boolean anyOrder, int level) {
        this.input = input;
        this.slots = slots.clone();
        this.types = List.copyOf(types);
        this.key = new RowKey(slots, types);
        this.anyOrder = anyOrder;
        this.level = level;
    }

    /** Equal in all columns: DISTINCT, UNION. */
    public DistinctNode(PlanNode input, List<PgType> types) {
        this(input, all(types.size()), types, true, 0);
    }

    /** Equal in some columns: DISTINCT ON, whose input is sorted so that the wanted row of each group comes first. */
    public DistinctNode(PlanNode input, int[] slots, List<PgType> types) {
        this(input, slots, types, false, 0);
    }

    /** One row of each group, no matter which and in which order. */
    public static DistinctNode anyOrder(PlanNode input, int[] slots, List<PgType> types) {
        return new DistinctNode(input, slots, types, true, 0);
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
        return new Cursor(context);
    }

    private final class Cursor implements PlanCursor {
        private final ExecutionContext context;
        private final KeyTable<Boolean> seen;
        private PlanCursor rows;
        private @Nullable SpillPartitions spilled;
        private int part = -1;

        Cursor(ExecutionContext context) {
            this.context = context;
            this.seen = new KeyTable<>(key, context.memory());
            this.rows = input.open(context);
        }

        @Override
        public boolean next() {
            while (true) {
                if (part < 0 ? nextNew() : rows.next()) {
                    return true;
                }
                SpillPartitions files = spilled;
                if (files == null || part == SpillPartitions.count() - 1) {
                    return false;
                }
                rows.close();
                if (part < 0) {
                    seen.clear();
                    files.complete();
                } else {
                    files.close(part);
                }
                part++;
                rows = new DistinctNode(files.scan(part), slots, types, true, level + 1).open(context);
            }
        }

        private boolean nextNew() {
            while (rows.next()) {
                Row row = rows.row();
                if (seen.find(row) != null) {
                    continue;
                }
                SpillPartitions files = spilled;
                if (files == null && isFull()) {
                    files = new SpillPartitions(context, level, width());
                    spilled = files;
                }
                if (files == null) {
                    seen.add(row, Boolean.TRUE);
                    return true;
                }
                files.add(row, key.hash(row));
            }
            return false;
        }

        private boolean isFull() {
            return anyOrder
                    && seen.bytes() >= LITTLE
                    && level < SpillPartitions.MAX_LEVEL
                    && context.canSpill()
                    && seen.bytes() >= context.workBytes();
        }

        @Override
        public Row row() {
            return rows.row();
        }

        @Override
        public void close() {
            rows.close();
            seen.clear();
            SpillPartitions files = spilled;
            if (files != null) {
                files.close();
            }
        }
    }

    @Override
    public PlanNode input() {
        return input;
    }

    @Override
    public String explain() {
        return "Unique";
    }
}
