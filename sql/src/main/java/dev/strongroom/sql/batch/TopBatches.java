package dev.strongroom.sql.batch;

import dev.strongroom.common.value.Row;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.batch.vector.RowView;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Frame;
import dev.strongroom.sql.execute.LimitNode;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.execute.RowComparator;
import dev.strongroom.sql.execute.SortKey;
import dev.strongroom.sql.execute.TopNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The first rows of an order: a heap of them, and a look at the first key of a whole batch at once to leave out what cannot
 * get in. Where many rows are wanted, a sort.
 */
final class TopBatches extends WrappedNode {
    private static final long HEAP_ROWS_MAX = 10_000;

    private final TopNode node;
    private final BatchNode input;

    TopBatches(TopNode node, BatchNode input) {
        super(node);
        this.node = node;
        this.input = input;
    }

    @Override
    boolean pays(ExecutionContext context) {
        return input.pays(context);
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        if (!batches(context)) {
            return plain().open(context);
        }
        Frame frame = new Frame(context);
        long limit = LimitNode.count(node.count(), frame);
        long skip = LimitNode.offset(node.offset(), frame);
        if (limit > HEAP_ROWS_MAX || skip > HEAP_ROWS_MAX) {
            return large(context, skip, limit);
        }
        Heap heap = new Heap(context, (int) (limit + skip));
        if (limit + skip > 0) {
            try (BatchSource source = input.openBatches(context)) {
                for (Batch batch = source.next(); batch != null; batch = source.next()) {
                    context.cancel().check();
                    heap.add(batch);
                }
            } catch (HeldMemory.Exceeded e) {
                return plain().open(context);
            }
        }
        return new Sorted(heap.sorted((int) skip));
    }

    private PlanCursor large(ExecutionContext context, long skip, long limit) {
        try {
            return BatchNode.rows(SortBatches.sorted(context, input, node.keys(), skip, limit), width());
        } catch (HeldMemory.Exceeded e) {
            return plain().open(context);
        }
    }

    /** A row and its number in the input. */
    private record Numbered(Row row, long number) {}

    private final class Heap {
        private final int kept;
        private final RowComparator comparator = new RowComparator(node.keys());
        private final PriorityQueue<Numbered> heap;
        private final RowView keys;
        private final RowView all;
        private final int[] chosen = new int[Batch.CAPACITY];
        private long number;

        Heap(ExecutionContext context, int kept) {
            this.kept = kept;
            this.heap = new PriorityQueue<>(Math.max(kept, 1), this::lastFirst);
            BitSet keySlots = new BitSet();
            node.keys().forEach(key -> keySlots.set(key.slot()));
            BitSet slots = new BitSet();
            slots.set(0, input.width());
            this.keys = new RowView(context, input.width(), input.width(), keySlots);
            this.all = new RowView(context, input.width(), input.width(), slots);
        }

        private int lastFirst(Numbered a, Numbered b) {
            int order = comparator.compare(b.row(), a.row());
            return order != 0 ? order : Long.compare(b.number(), a.number());
        }

        void add(Batch batch) {
            if (heap.size() == kept) {
                Row worst = heap.element().row();
                SortKey first = node.keys().getFirst();
                Vector vector = batch.column(first.slot());
                if (!worst.isNull(first.slot()) && vector.form() == Vector.Form.LONGS) {
                    batch.select(chosen, noWorse(vector, worst.getLong(first.slot()), first, batch));
                }
            }
            for (int i = 0; i < batch.count(); i++) {
                add(batch, batch.row(i));
            }
        }

        /** Rows whose first key is not behind that of the worst row kept. */
        private int noWorse(Vector vector, long worst, SortKey first, Batch batch) {
            long[] values = vector.longs();
            boolean[] nulls = vector.nulls();
            boolean descending = first.descending();
            int found = 0;
            for (int i = 0; i < batch.count(); i++) {
                int row = batch.row(i);
                boolean in = nulls[row] ? first.nullsFirst() : descending ? values[row] >= worst : values[row] <= worst;
                chosen[found] = row;
                found += in ? 1 : 0;
            }
            return found;
        }

        private void add(Batch batch, int row) {
            number++;
            if (heap.size() == kept) {
                keys.show(batch, row);
                if (comparator.compare(keys.row(), heap.element().row()) >= 0) {
                    return;
                }
                heap.remove();
            }
            all.show(batch, row);
            heap.add(new Numbered(all.row().copy(), number));
        }

        List<Row> sorted(int skip) {
            List<Numbered> sorted = new ArrayList<>(heap);
            sorted.sort((a, b) -> lastFirst(b, a));
            return sorted.stream().skip(skip).map(Numbered::row).toList();
        }
    }

    private static final class Sorted implements PlanCursor {
        private final List<Row> rows;
        private int index = -1;

        Sorted(List<Row> rows) {
            this.rows = rows;
        }

        @Override
        public boolean next() {
            return ++index < rows.size();
        }

        @Override
        public Row row() {
            return rows.get(index);
        }

        @Override
        public void close() {}
    }
}
