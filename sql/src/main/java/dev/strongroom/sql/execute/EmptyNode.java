package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.List;

/** No rows. */
record EmptyNode(int width) implements PlanNode {
    @Override
    public PlanCursor open(ExecutionContext context) {
        Row none = new Row(width);
        return new PlanCursor() {
            @Override
            public boolean next() {
                return false;
            }

            @Override
            public Row row() {
                return none;
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of();
    }

    @Override
    public String explain() {
        return "Result";
    }
}
