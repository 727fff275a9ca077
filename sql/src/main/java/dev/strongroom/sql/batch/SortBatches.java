package dev.strongroom.sql.batch;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.hash.ColumnStore;
import dev.strongroom.sql.batch.hash.Ordering;
import dev.strongroom.sql.batch.hash.StoredColumn;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.SortKey;
import dev.strongroom.sql.execute.SortNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sorts: keeps all rows as columns and gives them out by sorted positions. */
final class SortBatches extends SingleInputNode<SortNode> {
    SortBatches(SortNode node, BatchNode input) {
        super(node, input);
    }

    @Override
    BatchSource openBatches(ExecutionContext context) {
        return sorted(context, input, node.keys(), 0, Long.MAX_VALUE);
    }

    /**
     * Runs an input to its end and sorts it.
     *
     * @param skip rows left out at the start
     * @param limit most rows given
     */
    static BatchSource sorted(ExecutionContext context, BatchNode input, List<SortKey> keys, long skip, long limit) {
        HeldMemory memory = new HeldMemory(context);
        ColumnStore rows = new ColumnStore(input.width());
        List<StoredColumn> columns = new ArrayList<>();
        for (SortKey key : keys) {
            columns.add(rows.keyColumn(key.slot(), key.type()));
        }
        try (BatchSource source = input.openBatches(context)) {
            for (Batch batch = source.next(); batch != null; batch = source.next()) {
                context.cancel().check();
                rows.add(batch, batch.rows(), batch.count());
                memory.hold(rows.bytes() + Ordering.bytes(rows.size()));
            }
        }
        int[] positions = new Ordering(columns, keys, context.cancel()).sorted(rows.size());
        int first = (int) Math.min(skip, rows.size());
        int end = (int) Math.min(first + Math.min(limit, Integer.MAX_VALUE), rows.size());
        return new Output(rows, positions, first, end, memory);
    }

    private static final class Output implements BatchSource {
        private final ColumnStore rows;
        private final int[] positions;
        private final HeldMemory memory;
        private final @Nullable Vector[] vectors;
        private final int[] current = new int[Batch.CAPACITY];
        private final Batch batch;
        private final int end;
        private int next;
        private int size;

        Output(ColumnStore rows, int[] positions, int first, int end, HeldMemory memory) {
            this.rows = rows;
            this.positions = positions;
            this.next = first;
            this.end = end;
            this.memory = memory;
            this.vectors = new Vector[rows.width()];
            this.batch = new Batch(rows.width(), this::load);
        }

        private Vector load(int slot, int @Nullable [] selected, int count) {
            Vector vector = vectors[slot];
            if (vector == null) {
                vector = new Vector(Batch.CAPACITY);
                vectors[slot] = vector;
            }
            rows.gather(slot, current, size, vector);
            return vector;
        }

        @Override
        public @Nullable Batch next() {
            if (next >= end) {
                return null;
            }
            size = Math.min(Batch.CAPACITY, end - next);
            System.arraycopy(positions, next, current, 0, size);
            next += size;
            batch.begin(size);
            return batch;
        }

        @Override
        public void close() {
            next = end;
            memory.release();
        }
    }
}
