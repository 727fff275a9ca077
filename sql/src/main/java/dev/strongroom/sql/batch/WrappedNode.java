package dev.strongroom.sql.batch;

import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.PlanNode;
import java.util.List;

/** A node that runs in another way than the row-style node it stands for, which it looks like to everybody else. */
abstract class WrappedNode implements PlanNode {
    private final PlanNode plain;

    WrappedNode(PlanNode plain) {
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

    /** Whether to run in batches now. */
    final boolean batches(ExecutionContext context) {
        return switch (context.batching()) {
            case BY_SIZE -> pays(context);
            case ALWAYS -> true;
            case NEVER -> false;
        };
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
}
