package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups rows in hash tables and aggregates them; where the groups are too many for {@code work_mem} the rows of those that
 * came last go to temporary files, by the hash of their group, and are aggregated file by file: GROUP BY, grouping
 * sets, and plain aggregates, which have one group even
 * without rows. Output: the group columns (null where a grouping set leaves them out), the aggregates, and on request the
 * GROUPING bit mask.
 */
public final class AggregateNode implements UnaryNode {
    private static final long STEP_BYTES = 48;
    /** Below this nobody asks for {@code work_mem}. */
    private static final long LITTLE = 256 << 10;

    private final PlanNode input;
    private final int[] groupSlots;
    private final int[][] sets;
    private final List<PgType> groupTypes;
    private final AggregateStep[] steps;
    private final List<AggregateCall> calls;
    private final boolean groupingColumn;
    /** How often the input was dealt out to files before. */
    private final int level;

    /**
     * An aggregation.
     *
     * @param groupSlots slots of the input row
     * @param groupTypes their types
     * @param groupingSets each a list of positions in {@code groupSlots}; empty for one set of all
     * @param groupingColumn adds a last slot: bit set for a column that is not in the row's set, the first column highest
     */
    public AggregateNode(
            PlanNode input,
            int[] groupSlots,
            List<PgType> groupTypes,
            List<int[]> groupingSets,
            List<AggregateCall> calls,
            boolean groupingColumn) {
        this.input = input;
        this.groupSlots = groupSlots.clone();
        this.groupTypes = List.copyOf(groupTypes);
        this.sets = groupingSets.isEmpty()
                ? new int[][] {positions(groupSlots.length)}
                : groupingSets.toArray(int[][]::new);
        this.steps = calls.stream().map(AggregateStep::new).toArray(AggregateStep[]::new);
        this.calls = List.copyOf(calls);
        this.groupingColumn = groupingColumn;
        this.level = 0;
    }

    /** A part of the rows of one grouping set of another aggregation. */
    private AggregateNode(AggregateNode whole, int[] set, PlanNode part) {
        this.input = part;
        this.groupSlots = whole.groupSlots;
        this.groupTypes = whole.groupTypes;
        this.sets = new int[][] {set};
        this.calls = whole.calls;
        this.steps = whole.steps;
        this.groupingColumn = whole.groupingColumn;
        this.level = whole.level + 1;
    }

    private static int[] positions(int count) {
        int[] positions = new int[count];
        for (int i = 0; i < count; i++) {
            positions[i] = i;
        }
        return positions;
    }

    /** Whether there is one set of groups and no column beside keys and aggregates. */
    public boolean isSimple() {
        return sets.length == 1 && sets[0].length == groupSlots.length && !groupingColumn;
    }

    public int[] groupSlots() {
        return groupSlots.clone();
    }

    public List<PgType> groupTypes() {
        return groupTypes;
    }

    public List<AggregateCall> calls() {
        return calls;
    }

    @Override
    public int width() {
        return groupSlots.length + steps.length + (groupingColumn ? 1 : 0);
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        Groups groups = new Groups(context);
        boolean filled = false;
        try {
            groups.fill();
            filled = true;
            return groups;
        } finally {
            if (!filled) {
                groups.close();
            }
        }
    }

    private RowKey key(int[] set) {
        int[] slots = new int[set.length];
        List<PgType> types = new ArrayList<>();
        for (int i = 0; i < set.length; i++) {
            slots[i] = groupSlots[set[i]];
            types.add(groupTypes.get(set[i]));
        }
        return new RowKey(slots, types);
    }

    private GroupState[] newGroup(ExecutionContext context, Row first) {
        GroupState[] group = new GroupState[steps.length];
        for (int i = 0; i < steps.length; i++) {
            group[i] = steps[i].start(context, first);
        }
        return group;
    }

    @Override
    public PlanNode input() {
        return input;
    }

    @Override
    public String explain() {
        return groupSlots.length == 0 ? "Aggregate" : sets.length > 1 ? "MixedAggregate" : "HashAggregate";
    }

    private final class Groups implements PlanCursor {
        private final ExecutionContext context;
        private final Frame frame;
        private final List<KeyTable<GroupState[]>> tables = new ArrayList<>();
        private final RowKey[] keys = new RowKey[sets.length];
        private final @Nullable SpillPartitions[] spilled = new @Nullable SpillPartitions[sets.length];
        private final Row output = new Row(width());
        private long groupBytes;
        private int set;
        private int next;
        /** Number of the file being aggregated, over all sets; below 0 while groups in memory are handed out. */
        private int part = -1;

        private @Nullable PlanCursor partRows;

        Groups(ExecutionContext context) {
            this.context = context;
            this.frame = new Frame(context);
            for (int i = 0; i < sets.length; i++) {
                keys[i] = key(sets[i]);
                tables.add(new KeyTable<>(keys[i], context.memory()));
            }
        }

        void fill() {
            try (PlanCursor rows = input.open(context)) {
                while (rows.next()) {
                    Row row = rows.row();
                    frame.on(row);
                    for (int i = 0; i < sets.length; i++) {
                        add(i, row);
                    }
                }
            }
            for (int i = 0; i < sets.length; i++) {
                if (sets[i].length == 0 && tables.get(i).size() == 0) {
                    Row empty = new Row(input.width());
                    tables.get(i).add(empty, newGroup(context, empty));
                }
                SpillPartitions files = spilled[i];
                if (files != null) {
                    files.complete();
                }
            }
        }

        private void add(int number, Row row) {
            KeyTable<GroupState[]> table = tables.get(number);
            GroupState[] group = table.find(row);
            if (group == null) {
                SpillPartitions files = spilled[number];
                if (files == null && isFull()) {
                    files = new SpillPartitions(context, level, input.width());
                    spilled[number] = files;
                }
                if (files != null) {
                    files.add(row, keys[number].hash(row));
                    return;
                }
                group = newGroup(context, row);
                table.add(row, group);
                context.memory().take(steps.length * STEP_BYTES);
                groupBytes += steps.length * STEP_BYTES;
            }
            for (int i = 0; i < steps.length; i++) {
                steps[i].add(group[i], frame, row);
            }
        }

        private boolean isFull() {
            long bytes = groupBytes;
            for (int i = 0; i < tables.size(); i++) {
                bytes += tables.get(i).bytes();
            }
            return bytes >= LITTLE
                    && level < SpillPartitions.MAX_LEVEL
                    && context.canSpill()
                    && bytes >= context.workBytes();
        }

        @Override
        public boolean next() {
            while (part < 0 && next == tables.get(set).size()) {
                if (set < sets.length - 1) {
                    set++;
                    next = 0;
                } else {
                    forget();
                    part = 0;
                }
            }
            return part < 0 ? nextGroup() : nextOfPart();
        }

        private boolean nextOfPart() {
            while (part < sets.length * SpillPartitions.count()) {
                PlanCursor rows = partRows;
                SpillPartitions files = spilled[part / SpillPartitions.count()];
                int number = part % SpillPartitions.count();
                if (rows == null && files != null && !files.isEmpty(number)) {
                    int[] of = sets[part / SpillPartitions.count()];
                    rows = new AggregateNode(AggregateNode.this, of, files.scan(number)).open(context);
                    partRows = rows;
                }
                if (rows != null) {
                    if (rows.next()) {
                        output.copySlots(0, rows.row(), 0, output.width());
                        return true;
                    }
                    rows.close();
                    partRows = null;
                }
                if (files != null) {
                    files.close(number);
                }
                part++;
            }
            return false;
        }

        private boolean nextGroup() {
            Row key = tables.get(set).key(next);
            GroupState[] group = tables.get(set).entry(next);
            next++;
            long mask = (1L << groupSlots.length) - 1;
            for (int i = 0; i < groupSlots.length; i++) {
                output.setNull(i);
            }
            for (int i = 0; i < sets[set].length; i++) {
                int position = sets[set][i];
                output.copySlot(position, key, i);
                mask &= ~(1L << groupSlots.length - 1 - position);
            }
            for (int i = 0; i < steps.length; i++) {
                steps[i].finish(group[i], frame, output, groupSlots.length + i);
            }
            if (groupingColumn) {
                output.setLong(groupSlots.length + steps.length, mask);
            }
            return true;
        }

        @Override
        public Row row() {
            return output;
        }

        private void forget() {
            tables.forEach(KeyTable::clear);
            context.memory().give(groupBytes);
            groupBytes = 0;
        }

        @Override
        public void close() {
            forget();
            PlanCursor rows = partRows;
            if (rows != null) {
                rows.close();
                partRows = null;
            }
            for (SpillPartitions files : spilled) {
                if (files != null) {
                    files.close();
                }
            }
        }
    }
}
