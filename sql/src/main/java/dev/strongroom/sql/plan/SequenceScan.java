package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.storage.table.Sequences;
import java.util.List;

/** The one row of a sequence read as a table: last_value, log_cnt, is_called. */
final class SequenceScan implements PlanNode {
    private static final int WIDTH = 3;

    private final SequenceDefinition sequence;

    SequenceScan(SequenceDefinition sequence) {
        this.sequence = sequence;
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        Sequences.State state = context.database().sequences().state(sequence.sequenceId());
        Row row = new Row(WIDTH);
        row.setLong(0, state.lastValue());
        row.setLong(1, 0);
        row.setBoolean(2, state.called());
        return new PlanCursor() {
            private boolean done;

            @Override
            public boolean next() {
                boolean more = !done;
                done = true;
                return more;
            }

            @Override
            public Row row() {
                return row;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of();
    }

    @Override
    public String explain() {
        return "Seq Scan on " + sequence.name();
    }
}
