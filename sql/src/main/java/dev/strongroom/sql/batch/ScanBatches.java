package dev.strongroom.sql.batch;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.TableScan;
import dev.strongroom.storage.table.BatchCursor;
import org.jspecify.annotations.Nullable;

/** A whole table, column by column; its filter is a {@link FilterBatches} on top. */
final class ScanBatches extends BatchNode {
    /** Tables smaller than this are read row by row. */
    private static final long ROWS_MIN = 300;

    private final TableScan scan;
    private final int[] columns;

    ScanBatches(TableScan scan) {
        super(scan);
        this.scan = scan;
        this.columns = scan.mapping().columns();
    }

    @Override
    boolean pays(ExecutionContext context) {
        return context.database().table(scan.layout()).estimatedRows() >= ROWS_MIN;
    }

    @Override
    BatchSource openBatches(ExecutionContext context) {
        Source source = new Source(context.database().table(scan.layout()).scanBatches(context.transaction()), columns);
        return scan.filter() == null ? source : FilterBatches.on(source, context, width(), width(), scan.filter());
    }

    private static final class Source implements BatchSource {
        private final BatchCursor cursor;
        private final Batch batch;
        private final int[] columns;
        private final @Nullable Vector[] vectors;

        Source(BatchCursor cursor, int[] columns) {
            this.cursor = cursor;
            this.columns = columns;
            this.vectors = new Vector[columns.length];
            this.batch = new Batch(columns.length, this::load);
        }

        private Vector load(int slot, int @Nullable [] rows, int count) {
            Vector vector = vectors[slot];
            if (vector == null) {
                vector = new Vector(Batch.CAPACITY);
                vectors[slot] = vector;
            }
            cursor.load(columns[slot], vector, rows, count);
            return vector;
        }

        @Override
        public @Nullable Batch next() {
            int size = cursor.next();
            if (size == 0) {
                return null;
            }
            batch.begin(size);
            return batch;
        }

        @Override
        public void close() {
            cursor.close();
        }
    }
}
