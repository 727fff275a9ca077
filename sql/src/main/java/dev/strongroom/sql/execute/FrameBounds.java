package dev.strongroom.sql.execute;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.Call;
import dev.strongroom.sql.function.FunctionRegistry;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.OperatorSignature;
import dev.strongroom.sql.function.ValueOrder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** First and last row of the frame of each row of a partition. */
final class FrameBounds {
    private final ExecutionContext context;
    private final WindowFrame frame;
    private final List<SortKey> order;
    private final WindowNode.Partition partition;
    private final @Nullable Object startOffset;
    private final @Nullable Object endOffset;
    private int row;
    private int start;
    private int end;

    FrameBounds(ExecutionContext context, WindowFrame frame, List<SortKey> order, WindowNode.Partition partition) {
        this.context = context;
        this.frame = frame;
        this.order = order;
        this.partition = partition;
        this.startOffset = offset(frame.startOffset(), "starting");
        this.endOffset = offset(frame.endOffset(), "ending");
    }

    private @Nullable Object offset(@Nullable Expr expression, String which) {
        if (expression == null) {
            return null;
        }
        Object value = expression.evalBoxed(new Frame(context));
        if (value == null) {
            throw ErrorReport.error(ErrorCode.NULL_VALUE_NOT_ALLOWED, "frame " + which + " offset must not be null")
                    .exception();
        }
        boolean negative = switch (value) {
            case Long number -> number < 0;
            case Double number -> number < 0 || Double.isNaN(number);
            case Numeric number -> number.signum() < 0 || number.isNaN();
            case Interval interval -> interval.compareTo(Interval.ZERO) < 0;
            default -> false;
        };
        if (negative) {
            String message = frame.mode() == WindowFrame.Mode.RANGE
                    ? "invalid preceding or following size in window function"
                    : "frame " + which + " offset must not be negative";
            throw ErrorReport.error(ErrorCode.INVALID_PRECEDING_OR_FOLLOWING_SIZE, message)
                    .exception();
        }
        return value;
    }

    /** True if every row's frame begins with the partition's first row. */
    boolean startsAtPartition() {
        return frame.start() == WindowFrame.Bound.UNBOUNDED_PRECEDING;
    }

    boolean excludes() {
        return frame.exclusion() != WindowFrame.Exclusion.NO_OTHERS;
    }

    int start() {
        return start;
    }

    /** Row after the last. */
    int end() {
        return end;
    }

    void moveTo(int newRow) {
        row = newRow;
        start = Math.clamp(startBound(), 0, partition.size());
        end = Math.clamp(endBound(), 0, partition.size());
    }

    boolean excluded(int candidate) {
        return switch (frame.exclusion()) {
            case NO_OTHERS -> false;
            case CURRENT_ROW -> candidate == row;
            case GROUP -> partition.group(candidate) == partition.group(row);
            case TIES -> candidate != row && partition.group(candidate) == partition.group(row);
        };
    }

    private long startBound() {
        return switch (frame.start()) {
            case UNBOUNDED_PRECEDING -> 0;
            case UNBOUNDED_FOLLOWING -> partition.size();
            case CURRENT_ROW -> frame.mode() == WindowFrame.Mode.ROWS ? row : groupStart(0);
            case OFFSET_PRECEDING, OFFSET_FOLLOWING -> {
                int sign = frame.start() == WindowFrame.Bound.OFFSET_PRECEDING ? -1 : 1;
                Object offset = Objects.requireNonNull(startOffset);
                yield switch (frame.mode()) {
                    case ROWS -> row + sign * count(offset);
                    case GROUPS -> groupStart(sign * count(offset));
                    case RANGE -> rangeBound(offset, sign, true);
                };
            }
        };
    }

    private long endBound() {
        return switch (frame.end()) {
            case UNBOUNDED_PRECEDING -> 0;
            case UNBOUNDED_FOLLOWING -> partition.size();
            case CURRENT_ROW -> frame.mode() == WindowFrame.Mode.ROWS ? row + 1L : groupStart(1);
            case OFFSET_PRECEDING, OFFSET_FOLLOWING -> {
                int sign = frame.end() == WindowFrame.Bound.OFFSET_PRECEDING ? -1 : 1;
                Object offset = Objects.requireNonNull(endOffset);
                yield switch (frame.mode()) {
                    case ROWS -> row + sign * count(offset) + 1;
                    case GROUPS -> groupStart(sign * count(offset) + 1);
                    case RANGE -> rangeBound(offset, sign, false);
                };
            }
        };
    }

    private static long count(Object offset) {
        return Math.min((Long) offset, Integer.MAX_VALUE);
    }

    private long groupStart(long distance) {
        return partition.groupStart(partition.group(row) + distance);
    }

    /** First row whose key is not before (start) or is beyond (end) the current key plus or minus the offset. */
    private long rangeBound(Object offset, int sign, boolean forStart) {
        SortKey key = order.getFirst();
        Row current = partition.row(row);
        if (current.isNull(key.slot())) {
            return forStart ? groupStart(0) : groupStart(1);
        }
        boolean backward = sign < 0 != key.descending();
        Object limit = shifted(key, current, offset, backward);
        ValueOrder values = ValueOrder.of(key.type());
        int low = 0;
        int high = partition.size();
        while (low < high) {
            int middle = low + high >>> 1;
            Object value = TypeCodecs.of(key.type()).box(partition.row(middle), key.slot());
            boolean before;
            if (value == null) {
                before = key.nullsFirst();
            } else {
                int result = values.compareBoxed(value, limit);
                int inOrder = key.descending() ? -result : result;
                before = forStart ? inOrder < 0 : inOrder <= 0;
            }
            if (before) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Object shifted(SortKey key, Row current, Object offset, boolean backward) {
        Object value = Objects.requireNonNull(TypeCodecs.of(key.type()).box(current, key.slot()));
        if (value instanceof Long number
                && offset instanceof Long distance
                && key.type().category() == 'N') {
            long result = backward ? number - distance : number + distance;
            boolean overflow = backward ? result > number : result < number;
            return overflow ? (Object) (backward ? Long.MIN_VALUE : Long.MAX_VALUE) : (Object) result;
        }
        if (value instanceof Double number && offset instanceof Double distance) {
            return backward ? number - distance : number + distance;
        }
        if (value instanceof Numeric number && offset instanceof Numeric distance) {
            return backward ? number.subtract(distance) : number.add(distance);
        }
        PgType offsetType = offset instanceof Interval ? PgType.INTERVAL : PgType.INT4;
        for (OperatorSignature operator : FunctionRegistry.builtIn().operators(backward ? "-" : "+")) {
            if (key.type().equals(operator.left()) && operator.right().equals(offsetType)) {
                return shifted(key.type(), operator, value, offset, offsetType);
            }
        }
        throw ErrorReport.error(
                        ErrorCode.FEATURE_NOT_SUPPORTED,
                        "RANGE with offset PRECEDING/FOLLOWING is not supported for column type "
                                + key.type().name())
                .exception();
    }

    private Object shifted(PgType type, OperatorSignature operator, Object value, Object offset, PgType offsetType) {
        FunctionSignature function = operator.function();
        Call call = new Call(context.session(), List.of(type, offsetType), operator.result());
        Object result = Objects.requireNonNull(Invocation.call(function, call, value, offset));
        if (type.equals(PgType.DATE) && operator.result().equals(PgType.TIMESTAMP)) {
            return Math.floorDiv((Long) result, 86_400_000_000L);
        }
        return result;
    }
}
