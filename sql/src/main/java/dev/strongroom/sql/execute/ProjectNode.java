package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.List;

/** Computes a new row from each input row. */
public final class ProjectNode implements UnaryNode {
    private final PlanNode input;
    private final Expr[] expressions;

    public ProjectNode(PlanNode input, List<Expr> expressions) {
        this.input = input;
        this.expressions = expressions.toArray(Expr[]::new);
    }

    public List<Expr> expressions() {
        return List.of(expressions);
    }

    @Override
    public int width() {
        return expressions.length;
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        PlanCursor rows = input.open(context);
        Frame frame = new Frame(context);
        Row output = new Row(expressions.length);
        return new PlanCursor() {
            @Override
            public boolean next() {
                if (!rows.next()) {
                    return false;
                }
                frame.on(rows.row());
                for (int i = 0; i < expressions.length; i++) {
                    expressions[i].evalInto(frame, output, i);
                }
                return true;
            }

            @Override
            public Row row() {
                return output;
            }

            @Override
            public void close() {
                rows.close();
            }
        };
    }

    @Override
    public boolean atMostOneRow() {
        return input.atMostOneRow();
    }

    @Override
    public PlanNode input() {
        return input;
    }

    @Override
    public String explain() {
        return "Project";
    }
}
