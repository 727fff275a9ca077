package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;

/** Rows for which a condition is true. */
public final class FilterNode implements UnaryNode {
    private final PlanNode input;
    private final Expr condition;

    public FilterNode(PlanNode input, Expr condition) {
        this.input = input;
        this.condition = condition;
    }

    public Expr condition() {
        return condition;
    }

    @Override
    public int width() {
        return input.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        PlanCursor rows = input.open(context);
        Frame frame = new Frame(context);
        return new PlanCursor() {
            @Override
            public boolean next() {
                while (rows.next()) {
                    if (condition.isTrue(frame.on(rows.row()))) {
                        return true;
                    }
                }
                return false;
            }

            @Override
            public Row row() {
                return rows.row();
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
        return "Filter";
    }
}
