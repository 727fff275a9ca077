package dev.strongroom.sql.batch;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.execute.PlanNode;
import org.jspecify.annotations.Nullable;

/** A plan node that can run in batches or, where that does not pay, as the row-style node it stands for. */
abstract class BatchNode extends WrappedNode {
    BatchNode(PlanNode plain) {
        super(plain);
    }

    /** Starts the node in batches. */
    abstract BatchSource openBatches(ExecutionContext context);

    @Override
    public final PlanCursor open(ExecutionContext context) {
        if (batches(context)) {
            try {
                return rows(openBatches(context), width());
            } catch (HeldMemory.Exceeded e) {
                return plain().open(context);
            }
        }
        return plain().open(context);
    }

    /** Running batches as rows. */
    static PlanCursor rows(BatchSource source, int width) {
        return new Rows(source, width);
    }

    /** Batches as rows. */
    private static final class Rows implements PlanCursor {
        private final BatchSource source;
        private final Row row;
        private @Nullable Batch batch;
        private int position;

        Rows(BatchSource source, int width) {
            this.source = source;
            this.row = new Row(width);
        }

        @Override
        public boolean next() {
            Batch current = batch;
            if (current == null || position == current.count()) {
                current = source.next();
                batch = current;
                position = 0;
                if (current == null) {
                    return false;
                }
            }
            int number = current.row(position++);
            for (int slot = 0; slot < row.width(); slot++) {
                current.column(slot).copyTo(number, row, slot);
            }
            return true;
        }

        @Override
        public Row row() {
            return row;
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
