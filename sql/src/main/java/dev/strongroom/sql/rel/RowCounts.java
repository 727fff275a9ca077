package dev.strongroom.sql.rel;

import dev.strongroom.sql.type.PgConstant;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/** Row counts under LIMIT and OFFSET. */
public final class RowCounts {
    /** PostgreSQL's guess for a LIMIT it cannot know: a tenth. */
    private static final double UNKNOWN_SHARE = 0.1;

    private RowCounts() {}

    /** Rows left of so many. */
    public static double limited(double rows, @Nullable RexNode offset, @Nullable RexNode fetch) {
        double rest = rows;
        if (offset != null) {
            double skipped = constant(offset);
            rest = Math.max(1, rows - (skipped < 0 ? rows * UNKNOWN_SHARE : skipped));
        }
        if (fetch == null) {
            return Math.max(1, rest);
        }
        double wanted = constant(fetch);
        return Math.max(1, Math.min(rest, wanted < 0 ? rest * UNKNOWN_SHARE : wanted));
    }

    /** The value of an integer constant, casts looked through; -1 if it is none. */
    public static double constant(RexNode node) {
        RexNode current = node;
        while (current instanceof RexCall call && call.getOperands().size() == 1) {
            current = call.getOperands().getFirst();
        }
        Object value = PgConstant.valueOf(current);
        if (value instanceof Long number) {
            return Math.max(0, number);
        }
        return current instanceof RexLiteral literal && literal.getValue() instanceof Number number
                ? Math.max(0, number.doubleValue())
                : -1;
    }
}
