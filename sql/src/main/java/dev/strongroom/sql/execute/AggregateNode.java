package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * Groups rows in hash tables and aggregates them: GROUP BY, grouping sets, and plain aggregates, which have one group even
 * without rows. Output: the group columns (null where a grouping set leaves them out), the aggregates, and on request the
 * GROUPING bit mask.
 */
public final class AggregateNode implements PlanNode {
    private final PlanNode input;
    private final int[] groupSlots;
    private final int[][] sets;
    private final List<PgType> groupTypes;
    private final AggregateStep[] steps;
    private final List<AggregateCall> calls;
    private final boolean groupingColumn;

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
        List<KeyTable<GroupState[]>> tables = new ArrayList<>();
        for (int[] set : sets) {
            tables.add(new KeyTable<>(key(set), context.memory()));
        }
        Frame frame = new Frame(context);
        try (PlanCursor rows = input.open(context)) {
            while (rows.next()) {
                Row row = rows.row();
                frame.on(row);
                for (int i = 0; i < sets.length; i++) {
                    KeyTable<GroupState[]> table = tables.get(i);
                    GroupState[] group = table.find(row);
                    if (group == null) {
                        group = newGroup(context, row);
                        table.add(row, group);
                    }
                    for (int j = 0; j < steps.length; j++) {
                        steps[j].add(group[j], frame, row);
                    }
                }
            }
        }
        for (int i = 0; i < sets.length; i++) {
            if (sets[i].length == 0 && tables.get(i).size() == 0) {
                Row empty = new Row(input.width());
                tables.get(i).add(empty, newGroup(context, empty));
            }
        }
        return new Groups(context, tables);
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
        context.memory().take(steps.length * 48L);
        return group;
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
        return groupSlots.length == 0 ? "Aggregate" : sets.length > 1 ? "MixedAggregate" : "HashAggregate";
    }

    private final class Groups implements PlanCursor {
        private final Frame frame;
        private final List<KeyTable<GroupState[]>> tables;
        private final Row output = new Row(width());
        private int set;
        private int next;

        Groups(ExecutionContext context, List<KeyTable<GroupState[]>> tables) {
            this.frame = new Frame(context);
            this.tables = tables;
        }

        @Override
        public boolean next() {
            while (next == tables.get(set).size()) {
                if (set == sets.length - 1) {
                    return false;
                }
                set++;
                next = 0;
            }
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

        @Override
        public void close() {
            tables.forEach(KeyTable::clear);
        }
    }
}
