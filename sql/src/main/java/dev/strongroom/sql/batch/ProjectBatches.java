package dev.strongroom.sql.batch;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.batch.vector.Projection;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.ProjectNode;
import org.jspecify.annotations.Nullable;

/** Computes new columns from each input batch. */
final class ProjectBatches extends SingleInputNode<ProjectNode> {
    ProjectBatches(ProjectNode project, BatchNode input) {
        super(project, input);
    }

    @Override
    BatchSource openBatches(ExecutionContext context) {
        return new Source(input.openBatches(context), new Projection(context, input.width(), node.expressions()));
    }

    private static final class Source implements BatchSource {
        private final BatchSource input;
        private final Projection projection;
        private @Nullable DatabaseException failure;

        Source(BatchSource input, Projection projection) {
            this.input = input;
            this.projection = projection;
        }

        @Override
        public @Nullable Batch next() {
            if (failure != null) {
                throw failure;
            }
            Batch batch = input.next();
            if (batch == null) {
                return null;
            }
            failure = projection.apply(batch);
            if (failure != null && projection.output().count() == 0) {
                throw failure;
            }
            return projection.output();
        }

        @Override
        public void close() {
            input.close();
        }
    }
}
