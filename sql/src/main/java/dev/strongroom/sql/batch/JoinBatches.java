package dev.strongroom.sql.batch;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.hash.ColumnStore;
import dev.strongroom.sql.batch.hash.KeyIndex;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.batch.vector.KeyVectors;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.HashJoin;
import dev.strongroom.sql.execute.JoinKind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Joins on equal keys: the right side is kept as columns under an index of its keys, rows of one key in a chain; batches of the
 * left side look up. Inner and left joins make new batches from pairs of rows, semi and anti joins leave rows out.
 */
final class JoinBatches extends BatchNode {
    private final HashJoin join;
    private final BatchNode left;
    private final BatchNode right;

    JoinBatches(HashJoin join, BatchNode left, BatchNode right) {
        super(join);
        this.join = join;
        this.left = left;
        this.right = right;
    }

    /** Whether the join is of a kind that is known here. */
    static boolean supports(HashJoin join) {
        boolean kind = switch (join.kind()) {
            case INNER -> true;
            case LEFT, SEMI, ANTI -> join.residual() == null;
            case RIGHT, FULL -> false;
        };
        return kind
                && join.leftKeys().stream().allMatch(KeyVectors::supports)
                && join.rightKeys().stream().allMatch(KeyVectors::supports);
    }

    @Override
    boolean pays(ExecutionContext context) {
        return left.pays(context) || right.pays(context);
    }

    @Override
    BatchSource openBatches(ExecutionContext context) {
        Table table = new Table(context);
        table.build(context);
        BatchSource input;
        try {
            input = left.openBatches(context);
        } catch (RuntimeException e) {
            table.close();
            throw e;
        }
        boolean filters = join.kind() == JoinKind.SEMI || join.kind() == JoinKind.ANTI;
        BatchSource source = filters
                ? new Filtered(input, context, table, join.kind() == JoinKind.SEMI)
                : new Pairs(input, context, table, join.kind() == JoinKind.LEFT);
        Expr residual = join.residual();
        return residual == null
                ? source
                : FilterBatches.on(source, context, left.width() + right.width(), left.width(), residual);
    }

    /** The right side. */
    private final class Table {
        private final HeldMemory memory;
        private final KeyIndex index =
                KeyIndex.of(join.leftKeys().stream().map(Expr::type).toList());
        private final ColumnStore rows = new ColumnStore(right.width());
        private final boolean keepsRows = join.kind() == JoinKind.INNER || join.kind() == JoinKind.LEFT;
        /** By key: its first and last row. */
        private int[] heads = new int[64];

        private int[] tails = new int[64];
        /** By row: the next one of the same key, -1 for none. */
        private int[] nexts = new int[64];

        Table(ExecutionContext context) {
            memory = new HeldMemory(context);
        }

        void build(ExecutionContext context) {
            KeyVectors keys = new KeyVectors(context, right.width(), join.rightKeys());
            int[] numbers = new int[Batch.CAPACITY];
            int[] present = new int[Batch.CAPACITY];
            try (BatchSource source = right.openBatches(context)) {
                for (Batch batch = source.next(); batch != null; batch = source.next()) {
                    context.cancel().check();
                    Vector[] values = keys.evaluate(batch);
                    int count = present(values, batch, present);
                    index.add(values, present, count, numbers);
                    if (keepsRows) {
                        chain(present, count, numbers);
                        rows.add(batch, present, count);
                    }
                    memory.hold(index.bytes() + rows.bytes() + 4L * (heads.length + tails.length + nexts.length));
                }
            }
        }

        private int present(Vector[] values, Batch batch, int[] into) {
            int found = 0;
            for (int i = 0; i < batch.count(); i++) {
                int row = batch.row(i);
                boolean isNull = false;
                for (Vector value : values) {
                    isNull |= value.isNull(row);
                }
                into[found] = row;
                found += isNull ? 0 : 1;
            }
            return found;
        }

        private void chain(int[] present, int count, int[] numbers) {
            int first = rows.size();
            nexts = room(nexts, first + count);
            int keysBefore = tails.length;
            heads = room(heads, index.size());
            tails = room(tails, index.size());
            if (tails.length > keysBefore || first == 0) {
                Arrays.fill(tails, first == 0 ? 0 : keysBefore, tails.length, -1);
            }
            for (int i = 0; i < count; i++) {
                int key = numbers[present[i]];
                int row = first + i;
                nexts[row] = -1;
                if (tails[key] < 0) {
                    heads[key] = row;
                } else {
                    nexts[tails[key]] = row;
                }
                tails[key] = row;
            }
        }

        private static int[] room(int[] values, int size) {
            return size <= values.length ? values : Arrays.copyOf(values, Math.max(size, values.length * 2));
        }

        void close() {
            memory.release();
        }
    }

    /** Semi and anti join: the left batches with fewer rows that count. */
    private final class Filtered implements BatchSource {
        private final BatchSource source;
        private final Table table;
        private final boolean wanted;
        private final KeyVectors keys;
        private final int[] numbers = new int[Batch.CAPACITY];
        private final int[] chosen = new int[Batch.CAPACITY];

        Filtered(BatchSource source, ExecutionContext context, Table table, boolean wanted) {
            this.source = source;
            this.table = table;
            this.wanted = wanted;
            this.keys = new KeyVectors(context, left.width(), join.leftKeys());
        }

        @Override
        public @Nullable Batch next() {
            for (Batch batch = source.next(); batch != null; batch = source.next()) {
                table.index.find(keys.evaluate(batch), batch.rows(), batch.count(), numbers);
                int found = 0;
                for (int i = 0; i < batch.count(); i++) {
                    int row = batch.row(i);
                    chosen[found] = row;
                    found += numbers[row] >= 0 == wanted ? 1 : 0;
                }
                if (found > 0) {
                    batch.select(chosen, found);
                    return batch;
                }
            }
            return null;
        }

        @Override
        public void close() {
            source.close();
            table.close();
        }
    }

    /** Inner and left join: pairs of a left row and a kept row, or none. */
    private final class Pairs implements BatchSource {
        private final BatchSource source;
        private final ExecutionContext context;
        private final Table table;
        private final boolean outer;
        private final KeyVectors keys;
        private final int[] numbers = new int[Batch.CAPACITY];
        private final int[] leftRows = new int[Batch.CAPACITY];
        private final int[] rightRows = new int[Batch.CAPACITY];
        private final @Nullable Vector[] vectors = new Vector[left.width() + right.width()];
        private final Batch output = new Batch(left.width() + right.width(), this::load);
        private int size;

        private @Nullable Batch current;
        /** Position in the current batch, and the next kept row to pair it with, -1 to look at its key first. */
        private int position;

        private int pending = -1;

        Pairs(BatchSource source, ExecutionContext context, Table table, boolean outer) {
            this.source = source;
            this.context = context;
            this.table = table;
            this.outer = outer;
            this.keys = new KeyVectors(context, left.width(), join.leftKeys());
        }

        private Vector load(int slot, int @Nullable [] rows, int count) {
            Vector vector = vectors[slot];
            if (vector == null) {
                vector = new Vector(Batch.CAPACITY);
                vectors[slot] = vector;
            }
            Batch batch = current;
            if (slot < left.width() && batch != null) {
                vector.gather(batch.column(slot), leftRows, size);
            } else {
                table.rows.gather(slot - left.width(), rightRows, size, vector);
            }
            return vector;
        }

        @Override
        public @Nullable Batch next() {
            size = 0;
            while (size == 0) {
                Batch batch = current;
                if (batch == null || position == batch.count()) {
                    context.cancel().check();
                    batch = source.next();
                    current = batch;
                    if (batch == null) {
                        return null;
                    }
                    position = 0;
                    pending = -1;
                    table.index.find(keys.evaluate(batch), batch.rows(), batch.count(), numbers);
                }
                pair(batch);
            }
            output.begin(size);
            return output;
        }

        private void pair(Batch batch) {
            int[] nexts = table.nexts;
            while (position < batch.count() && size < Batch.CAPACITY) {
                int row = batch.row(position);
                int key = numbers[row];
                if (key < 0) {
                    if (outer) {
                        leftRows[size] = row;
                        rightRows[size++] = -1;
                    }
                    position++;
                    continue;
                }
                int kept = pending >= 0 ? pending : table.heads[key];
                leftRows[size] = row;
                rightRows[size++] = kept;
                pending = nexts[kept];
                position += pending < 0 ? 1 : 0;
            }
        }

        @Override
        public void close() {
            source.close();
            table.close();
        }
    }
}
