package dev.strongroom.sql.batch;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.execute.PlanNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plan node that can run in batches or, where that does not pay, as the row-style node it stands for. */
abstract class BatchNode implements PlanNode {
    private final PlanNode plain;

    BatchNode(PlanNode plain) {
        this.plain = plain;
    }

    /** The row-style node for the same rows. */
    final PlanNode plain() {
        return plain;
    }

    @Override
    public final PlanNode shown() {
        return plain.shown();
    }

    /** Whether there are enough rows for batches to pay. */
    abstract boolean pays(ExecutionContext context);

    /** Starts the node in batches. */
    abstract BatchSource openBatches(ExecutionContext context);

    @Override
    public final PlanCursor open(ExecutionContext context) {
        boolean batches = switch (context.batching()) {
            case BY_SIZE -> pays(context);
            case ALWAYS -> true;
            case NEVER -> false;
        };
        return batches ? new Rows(openBatches(context), width()) : plain.open(context);
    }

    @Override
    public final int width() {
        return plain.width();
    }

    @Override
    public final boolean atMostOneRow() {
        return plain.atMostOneRow();
    }

    @Override
    public final boolean isShort() {
        return plain.isShort();
    }

    @Override
    public final List<PlanNode> inputs() {
        return plain.inputs();
    }

    @Override
    public final String explain() {
        return plain.explain();
    }

    @Override
    public final List<String> explainDetails() {
        return plain.explainDetails();
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
