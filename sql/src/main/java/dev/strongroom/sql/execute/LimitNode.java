package dev.strongroom.sql.execute;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/** Skips rows, then stops after some. */
public final class LimitNode implements UnaryNode {
    private final PlanNode input;
    private final @Nullable Expr count;
    private final @Nullable Expr offset;

    /**
     * A limit.
     *
     * @param count int8; null, or a null value, for no limit
     * @param offset int8; null, or a null value, for 0
     */
    public LimitNode(PlanNode input, @Nullable Expr count, @Nullable Expr offset) {
        this.input = input;
        this.count = count;
        this.offset = offset;
    }

    /** Value of a LIMIT expression, {@link Long#MAX_VALUE} for no limit. */
    public static long count(@Nullable Expr expression, Frame frame) {
        long value = value(expression, frame, Long.MAX_VALUE);
        if (value < 0) {
            throw ErrorReport.error(ErrorCode.INVALID_ROW_COUNT_IN_LIMIT_CLAUSE, "LIMIT must not be negative")
                    .exception();
        }
        return value;
    }

    /** Value of an OFFSET expression. */
    public static long offset(@Nullable Expr expression, Frame frame) {
        long value = value(expression, frame, 0);
        if (value < 0) {
            throw ErrorReport.error(ErrorCode.INVALID_ROW_COUNT_IN_RESULT_OFFSET_CLAUSE, "OFFSET must not be negative")
                    .exception();
        }
        return value;
    }

    private static long value(@Nullable Expr expression, Frame frame, long whenNull) {
        if (expression == null) {
            return whenNull;
        }
        long value = expression.evalLong(frame);
        return frame.nil ? whenNull : value;
    }

    @Override
    public int width() {
        return input.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        Frame frame = new Frame(context);
        long skip = offset(offset, frame);
        long limit = count(count, frame);
        PlanCursor rows = input.open(context);
        return new PlanCursor() {
            private long toSkip = skip;
            private long left = limit;

            @Override
            public boolean next() {
                if (left == 0) {
                    return false;
                }
                for (; toSkip > 0; toSkip--) {
                    if (!rows.next()) {
                        left = 0;
                        return false;
                    }
                }
                left--;
                return rows.next();
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
    public PlanNode input() {
        return input;
    }

    @Override
    public String explain() {
        return "Limit";
    }
}
