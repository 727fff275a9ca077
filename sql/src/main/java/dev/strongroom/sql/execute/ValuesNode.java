package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.List;

/** Rows of expressions: VALUES, and the single empty row of a SELECT without FROM. */
public final class ValuesNode implements PlanNode {
    private static final int SHORT_ROWS = 64;

    private final int width;
    private final List<List<Expr>> rows;

    public ValuesNode(int width, List<List<Expr>> rows) {
        this.width = width;
        this.rows = List.copyOf(rows);
    }

    /** One row without columns. */
    public static ValuesNode singleRow() {
        return new ValuesNode(0, List.of(List.of()));
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        Frame frame = new Frame(context);
        Row output = new Row(width);
        return new PlanCursor() {
            private int next;

            @Override
            public boolean next() {
                if (next == rows.size()) {
                    return false;
                }
                List<Expr> expressions = rows.get(next++);
                for (int i = 0; i < width; i++) {
                    expressions.get(i).evalInto(frame, output, i);
                }
                return true;
            }

            @Override
            public Row row() {
                return output;
            }

            @Override
            public void close() {
                next = rows.size();
            }
        };
    }

    @Override
    public boolean isShort() {
        return rows.size() <= SHORT_ROWS;
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of();
    }

    @Override
    public String explain() {
        return width == 0 && rows.size() == 1 ? "Result" : "Values Scan";
    }
}
