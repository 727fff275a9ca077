package dev.strongroom.sql.batch;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.hash.KeyIndex;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.execute.DistinctNode;
import dev.strongroom.sql.execute.ExecutionContext;
import org.jspecify.annotations.Nullable;

/** The first of all rows that are equal in some columns: the input's batches with fewer rows that count. */
final class DistinctBatches extends SingleInputNode<DistinctNode> {
    DistinctBatches(DistinctNode node, BatchNode input) {
        super(node, input);
    }

    @Override
    BatchSource openBatches(ExecutionContext context) {
        return new Source(input.openBatches(context), context);
    }

    private final class Source implements BatchSource {
        private final BatchSource source;
        private final HeldMemory memory;
        private final int[] slots = node.keySlots();
        private final KeyIndex index = KeyIndex.of(node.keyTypes());
        private final Vector[] keys = new Vector[slots.length];
        private final int[] numbers = new int[Batch.CAPACITY];
        private final int[] firsts = new int[Batch.CAPACITY];

        Source(BatchSource source, ExecutionContext context) {
            this.source = source;
            this.memory = new HeldMemory(context);
        }

        @Override
        public @Nullable Batch next() {
            for (Batch batch = source.next(); batch != null; batch = source.next()) {
                for (int i = 0; i < slots.length; i++) {
                    keys[i] = batch.column(slots[i]);
                }
                int seen = index.size();
                index.add(keys, batch.rows(), batch.count(), numbers);
                int found = 0;
                for (int i = 0; i < batch.count(); i++) {
                    int row = batch.row(i);
                    if (numbers[row] == seen) {
                        firsts[found++] = row;
                        seen++;
                    }
                }
                memory.holdOn(index.bytes());
                if (found > 0) {
                    batch.select(firsts, found);
                    return batch;
                }
            }
            return null;
        }

        @Override
        public void close() {
            source.close();
            memory.release();
        }
    }
}
