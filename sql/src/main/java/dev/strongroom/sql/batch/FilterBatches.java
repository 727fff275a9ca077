package dev.strongroom.sql.batch;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.batch.vector.Condition;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.FilterNode;
import org.jspecify.annotations.Nullable;

/** Rows for which a condition is true: the input's batches with fewer rows that count. */
final class FilterBatches extends SingleInputNode<FilterNode> {
    FilterBatches(FilterNode filter, BatchNode input) {
        super(filter, input);
    }

    @Override
    BatchSource openBatches(ExecutionContext context) {
        return on(input.openBatches(context), context, width(), width(), node.condition());
    }

    /**
     * Filters a running input.
     *
     * @param leftWidth columns of the left row where the batches hold two rows side by side, else the width
     */
    static BatchSource on(BatchSource input, ExecutionContext context, int width, int leftWidth, Expr condition) {
        return new Source(input, new Condition(context, width, leftWidth, condition));
    }

    private static final class Source implements BatchSource {
        private final BatchSource input;
        private final Condition condition;
        private @Nullable DatabaseException failure;

        Source(BatchSource input, Condition condition) {
            this.input = input;
            this.condition = condition;
        }

        @Override
        public @Nullable Batch next() {
            while (true) {
                if (failure != null) {
                    throw failure;
                }
                Batch batch = input.next();
                if (batch == null) {
                    return null;
                }
                failure = condition.apply(batch);
                if (batch.count() > 0) {
                    return batch;
                }
            }
        }

        @Override
        public void close() {
            input.close();
        }
    }
}
