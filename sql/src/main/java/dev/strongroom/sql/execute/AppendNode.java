package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of several inputs one after the other: UNION ALL. */
public final class AppendNode implements PlanNode {
    private final List<PlanNode> inputs;

    public AppendNode(List<PlanNode> inputs) {
        this.inputs = List.copyOf(inputs);
    }

    @Override
    public int width() {
        return inputs.getFirst().width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        return new PlanCursor() {
            private int next;
            private @Nullable PlanCursor current;

            @Override
            public boolean next() {
                while (true) {
                    PlanCursor rows = current;
                    if (rows != null) {
                        if (rows.next()) {
                            return true;
                        }
                        rows.close();
                        current = null;
                    }
                    if (next == inputs.size()) {
                        return false;
                    }
                    current = inputs.get(next++).open(context);
                }
            }

            @Override
            public Row row() {
                PlanCursor rows = current;
                if (rows == null) {
                    throw new IllegalStateException("no current row");
                }
                return rows.row();
            }

            @Override
            public void close() {
                next = inputs.size();
                if (current != null) {
                    current.close();
                    current = null;
                }
            }
        };
    }

    @Override
    public List<PlanNode> inputs() {
        return inputs;
    }

    @Override
    public String explain() {
        return "Append";
    }
}
