package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.Call;
import dev.strongroom.sql.function.WindowCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes window functions of one window over its input, which it sorts itself. Output: the input row's slots, then one slot
 * per call, in window order.
 */
public final class WindowNode implements PlanNode {
    private final PlanNode input;
    private final List<SortKey> order;
    private final RowComparator sort;
    private final RowComparator partitions;
    private final RowComparator peers;
    private final WindowFrame frame;
    private final List<WindowCall> calls;

    public WindowNode(
            PlanNode input, List<SortKey> partition, List<SortKey> order, WindowFrame frame, List<WindowCall> calls) {
        this.input = input;
        this.order = List.copyOf(order);
        this.frame = frame;
        this.calls = List.copyOf(calls);
        this.partitions = new RowComparator(partition);
        this.peers = new RowComparator(order);
        List<SortKey> all = new ArrayList<>(partition);
        all.addAll(order);
        this.sort = new RowComparator(all);
    }

    @Override
    public int width() {
        return input.width() + calls.size();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        RowStore rows = new RowStore(context.memory());
        try (PlanCursor cursor = input.open(context)) {
            while (cursor.next()) {
                Row wide = new Row(width());
                wide.copySlots(0, cursor.row(), 0, input.width());
                rows.keep(wide);
            }
        }
        rows.rows().sort(sort);
        int start = 0;
        while (start < rows.size()) {
            int end = start + 1;
            while (end < rows.size() && partitions.compare(rows.get(start), rows.get(end)) == 0) {
                end++;
            }
            evaluate(context, new Partition(rows.rows().subList(start, end), peers));
            start = end;
        }
        return new StoreCursor(rows);
    }

    private void evaluate(ExecutionContext context, Partition partition) {
        FrameBounds bounds = new FrameBounds(context, frame, order, partition);
        for (int i = 0; i < calls.size(); i++) {
            WindowCall call = calls.get(i);
            Call site = new Call(
                    context.session(), call.arguments().stream().map(Expr::type).toList(), call.result());
            if (call.function().code() instanceof WindowCode code) {
                evaluateFunction(context, partition, bounds, call, code.start(site), input.width() + i);
            } else {
                evaluateAggregate(context, partition, bounds, call, input.width() + i);
            }
        }
    }

    private static void evaluateFunction(
            ExecutionContext context,
            Partition partition,
            FrameBounds bounds,
            WindowCall call,
            WindowCode.Evaluator evaluator,
            int slot) {
        WindowPosition position = new WindowPosition(context, partition, bounds, call.arguments());
        for (int row = 0; row < partition.size(); row++) {
            context.cancel().check();
            position.moveTo(row);
            evaluator.evaluate(position, partition.row(row), slot);
        }
    }

    /** Extends the running state while the frame only grows at its end; otherwise starts again for each row. */
    private static void evaluateAggregate(
            ExecutionContext context, Partition partition, FrameBounds bounds, WindowCall call, int slot) {
        AggregateStep step = new AggregateStep(new AggregateCall(
                call.function(), call.arguments(), false, call.filter(), List.of(), List.of(), call.result()));
        boolean running = bounds.startsAtPartition() && !bounds.excludes();
        GroupState state = step.start(context, partition.row(0));
        Frame frame = new Frame(context);
        int added = 0;
        for (int row = 0; row < partition.size(); row++) {
            context.cancel().check();
            bounds.moveTo(row);
            if (!running) {
                state = step.start(context, partition.row(0));
                added = bounds.start();
            }
            for (; added < bounds.end(); added++) {
                if (!bounds.excluded(added)) {
                    step.add(state, frame.on(partition.row(added)), partition.row(added));
                }
            }
            step.finish(state, frame, partition.row(row), slot);
        }
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of(input);
    }

    @Override
    public String explain() {
        return "WindowAgg";
    }

    /** The rows of one partition and their peer groups. */
    static final class Partition {
        private final List<Row> rows;
        private final int[] groupOfRow;
        private final int[] groupStart;
        private final int groups;

        Partition(List<Row> rows, RowComparator peers) {
            this.rows = rows;
            groupOfRow = new int[rows.size()];
            groupStart = new int[rows.size() + 1];
            int group = 0;
            for (int i = 1; i < rows.size(); i++) {
                if (peers.compare(rows.get(i - 1), rows.get(i)) != 0) {
                    groupStart[++group] = i;
                }
                groupOfRow[i] = group;
            }
            groups = group + 1;
            groupStart[groups] = rows.size();
        }

        int size() {
            return rows.size();
        }

        Row row(int index) {
            return rows.get(index);
        }

        int group(int row) {
            return groupOfRow[row];
        }

        /** First row of a group; groups before the first start at 0, those beyond the last at the end. */
        int groupStart(long group) {
            return group < 0 ? 0 : group >= groups ? rows.size() : groupStart[(int) group];
        }
    }

    /** What a window function sees. */
    private static final class WindowPosition implements WindowCode.Position {
        private final Partition partition;
        private final FrameBounds bounds;
        private final List<Expr> arguments;
        private final Frame frame;
        private int row;
        private int @Nullable [] frameRows;

        WindowPosition(ExecutionContext context, Partition partition, FrameBounds bounds, List<Expr> arguments) {
            this.partition = partition;
            this.bounds = bounds;
            this.arguments = arguments;
            this.frame = new Frame(context);
        }

        void moveTo(int newRow) {
            row = newRow;
            frameRows = null;
            bounds.moveTo(newRow);
        }

        @Override
        public int row() {
            return row;
        }

        @Override
        public int partitionSize() {
            return partition.size();
        }

        @Override
        public int peerStart() {
            return partition.groupStart(partition.group(row));
        }

        @Override
        public int peerEnd() {
            return partition.groupStart(partition.group(row) + 1L);
        }

        @Override
        public int peerGroup() {
            return partition.group(row);
        }

        @Override
        public int frameSize() {
            return bounds.excludes() ? rows().length : Math.max(0, bounds.end() - bounds.start());
        }

        @Override
        public int frameRow(int n) {
            return bounds.excludes() ? rows()[n] : bounds.start() + n;
        }

        private int[] rows() {
            int[] known = frameRows;
            if (known == null) {
                int count = 0;
                known = new int[Math.max(0, bounds.end() - bounds.start())];
                for (int i = bounds.start(); i < bounds.end(); i++) {
                    if (!bounds.excluded(i)) {
                        known[count++] = i;
                    }
                }
                known = java.util.Arrays.copyOf(known, count);
                frameRows = known;
            }
            return known;
        }

        @Override
        public int arguments() {
            return arguments.size();
        }

        @Override
        public @Nullable Object argument(int argument, int atRow) {
            return arguments.get(argument).evalBoxed(frame.on(partition.row(atRow)));
        }
    }
}
