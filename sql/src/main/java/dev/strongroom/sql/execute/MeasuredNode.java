package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.List;

/** Counts rows, starts and time of a node for EXPLAIN ANALYZE. Unlike other nodes it holds its counts: it runs in one session. */
public final class MeasuredNode implements PlanNode {
    private final PlanNode node;
    private long loops;
    private long rows;
    private long firstMicros;
    private long micros;

    public MeasuredNode(PlanNode node) {
        this.node = node;
    }

    @Override
    public PlanNode shown() {
        return node.shown();
    }

    /** How often it was opened. */
    public long loops() {
        return loops;
    }

    /** Rows of all loops. */
    public long rows() {
        return rows;
    }

    /** Microseconds until the first row, summed over the loops. */
    public long firstMicros() {
        return firstMicros;
    }

    /** Microseconds in the node and all below it. */
    public long micros() {
        return micros;
    }

    @Override
    public int width() {
        return node.width();
    }

    @Override
    public boolean atMostOneRow() {
        return node.atMostOneRow();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        long start = context.session().clockMicros();
        PlanCursor cursor = node.open(context);
        loops++;
        long spent = context.session().clockMicros() - start;
        micros += spent;
        firstMicros += spent;
        return new Measured(cursor, context);
    }

    @Override
    public List<PlanNode> inputs() {
        return node.inputs();
    }

    @Override
    public String explain() {
        return node.explain();
    }

    private final class Measured implements PlanCursor {
        private final PlanCursor cursor;
        private final ExecutionContext context;
        private boolean started;

        Measured(PlanCursor cursor, ExecutionContext context) {
            this.cursor = cursor;
            this.context = context;
        }

        @Override
        public boolean next() {
            long start = context.session().clockMicros();
            boolean more = cursor.next();
            long spent = context.session().clockMicros() - start;
            micros += spent;
            if (!started) {
                started = true;
                firstMicros += spent;
            }
            if (more) {
                rows++;
            }
            return more;
        }

        @Override
        public Row row() {
            return cursor.row();
        }

        @Override
        public void close() {
            cursor.close();
        }
    }
}
