package dev.strongroom.sql.batch;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.aggregate.VectorAggregate;
import dev.strongroom.sql.batch.hash.KeyIndex;
import dev.strongroom.sql.batch.hash.StoredColumn;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.execute.AggregateCall;
import dev.strongroom.sql.execute.AggregateNode;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Groups batches in a hash table and aggregates them in arrays by group. */
final class AggregateBatches extends SingleInputNode<AggregateNode> {
    AggregateBatches(AggregateNode node, BatchNode input) {
        super(node, input);
    }

    @Override
    BatchSource openBatches(ExecutionContext context) {
        Groups groups = new Groups(context);
        try (BatchSource source = input.openBatches(context)) {
            for (Batch batch = source.next(); batch != null; batch = source.next()) {
                context.cancel().check();
                groups.add(batch);
            }
        }
        return groups.finished();
    }

    /** Column an expression reads, -1 if there is none; arguments of aggregates are columns. */
    private static int slot(List<? extends dev.strongroom.sql.execute.Expr> expressions) {
        return !expressions.isEmpty() && expressions.getFirst().shape() instanceof Shape.Slot slot ? slot.slot() : -1;
    }

    /** The groups of one execution. */
    private final class Groups {
        private final HeldMemory memory;
        private final int[] keySlots = node.groupSlots();
        private final KeyIndex index = KeyIndex.of(node.groupTypes());
        private final VectorAggregate[] aggregates;
        private final int[] arguments;
        private final int[] filters;
        private final Vector[] keys = new Vector[keySlots.length];
        private final int[] groups = new int[Batch.CAPACITY];
        private final int[] chosen = new int[Batch.CAPACITY];
        private int bytesPerGroup;

        Groups(ExecutionContext context) {
            memory = new HeldMemory(context);
            List<AggregateCall> calls = node.calls();
            aggregates = new VectorAggregate[calls.size()];
            arguments = new int[calls.size()];
            filters = new int[calls.size()];
            for (int i = 0; i < aggregates.length; i++) {
                AggregateCall call = calls.get(i);
                aggregates[i] = VectorAggregate.of(call, context, input.width());
                arguments[i] = slot(call.arguments());
                filters[i] = call.filter() == null ? -1 : slot(List.of(call.filter()));
                bytesPerGroup += aggregates[i].bytesPerGroup();
            }
            if (keySlots.length == 0) {
                index.add(keys, null, 0, groups);
                reserve();
            }
        }

        private void reserve() {
            for (VectorAggregate aggregate : aggregates) {
                aggregate.reserve(index.size());
            }
            memory.hold(index.bytes() + (long) bytesPerGroup * index.size());
        }

        void add(Batch batch) {
            for (int i = 0; i < keys.length; i++) {
                keys[i] = batch.column(keySlots[i]);
            }
            int before = index.size();
            index.add(keys, batch.rows(), batch.count(), groups);
            if (index.size() > before) {
                reserve();
            }
            for (int i = 0; i < aggregates.length; i++) {
                add(batch, i);
            }
        }

        private void add(Batch batch, int number) {
            VectorAggregate aggregate = aggregates[number];
            int[] rows = batch.rows();
            int count = batch.count();
            Vector argument = arguments[number] < 0 ? null : batch.column(arguments[number]);
            if (aggregate.skipsNulls()) {
                if (filters[number] >= 0) {
                    count = whereTrue(batch.column(filters[number]), rows, count);
                    rows = chosen;
                }
                if (argument != null && argument.hasNulls()) {
                    count = present(argument, rows, count);
                    rows = chosen;
                }
            }
            aggregate.add(batch, argument, rows, count, groups);
        }

        private int whereTrue(Vector condition, int @Nullable [] rows, int count) {
            int found = 0;
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                chosen[found] = row;
                found += condition.longs()[row] != 0 && !condition.isNull(row) ? 1 : 0;
            }
            return found;
        }

        private int present(Vector argument, int @Nullable [] rows, int count) {
            int found = 0;
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                chosen[found] = row;
                found += argument.isNull(row) ? 0 : 1;
            }
            return found;
        }

        BatchSource finished() {
            return new Output(index, aggregates, memory);
        }
    }

    /** Groups as batches, in the order of their first rows. */
    private static final class Output implements BatchSource {
        private final int size;
        private final StoredColumn[] keys;
        private final VectorAggregate[] aggregates;
        private final HeldMemory memory;
        private final Vector[] vectors;
        private final int[] positions = new int[Batch.CAPACITY];
        private final Batch batch;
        private int next;
        private int first;

        Output(KeyIndex index, VectorAggregate[] aggregates, HeldMemory memory) {
            this.size = index.size();
            this.keys = index.columns();
            this.aggregates = aggregates;
            this.memory = memory;
            this.vectors = new Vector[keys.length + aggregates.length];
            for (int i = 0; i < vectors.length; i++) {
                vectors[i] = new Vector(Batch.CAPACITY);
            }
            this.batch = new Batch(vectors.length, this::load);
        }

        @Override
        public @Nullable Batch next() {
            if (next >= size) {
                return null;
            }
            first = next;
            int count = Math.min(Batch.CAPACITY, size - first);
            next = first + count;
            batch.begin(count);
            return batch;
        }

        private Vector load(int slot, int @Nullable [] rows, int count) {
            Vector into = vectors[slot];
            int all = next - first;
            if (slot < keys.length) {
                for (int i = 0; i < all; i++) {
                    positions[i] = first + i;
                }
                keys[slot].gather(positions, all, into);
            } else {
                aggregates[slot - keys.length].result(first, all, into);
            }
            return into;
        }

        @Override
        public void close() {
            next = size;
            memory.release();
        }
    }
}
