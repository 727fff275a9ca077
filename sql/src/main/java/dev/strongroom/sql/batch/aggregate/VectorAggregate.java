package dev.strongroom.sql.batch.aggregate;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.execute.AggregateCall;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One aggregate and its state in every group. Belongs to one execution. */
public abstract class VectorAggregate {
    private static final int FIRST_CAPACITY = 16;

    private int capacity;

    /** The aggregate for a call over batches of some width. */
    public static VectorAggregate of(AggregateCall call, ExecutionContext context, int width) {
        VectorAggregate known = known(call);
        return known == null ? new RowAggregate(call, context, width) : known;
    }

    private static @Nullable VectorAggregate known(AggregateCall call) {
        boolean plain = !call.distinct()
                && call.order().isEmpty()
                && call.direct().isEmpty()
                && call.arguments().size() <= 1
                && call.arguments().stream().allMatch(argument -> argument.shape() instanceof Shape.Slot)
                && (call.filter() == null || call.filter().shape() instanceof Shape.Slot);
        if (!plain) {
            return null;
        }
        String name = call.function().name();
        if (name.equals("count")) {
            return new CountAggregate();
        }
        if (call.arguments().isEmpty()) {
            return null;
        }
        boolean average = name.equals("avg");
        return switch (name) {
            case "sum", "avg" ->
                switch (call.function().arguments().getFirst().name()) {
                    case "int2", "int4" -> average ? new WideSum(true) : new LongSum();
                    case "int8" -> new WideSum(average);
                    case "numeric" -> new DecimalSum(average);
                    case "float4" -> new DoubleSum(average, !average);
                    case "float8" -> new DoubleSum(average, false);
                    default -> null;
                };
            case "min", "max" -> Extreme.of(call.arguments().getFirst().type(), name.equals("min") ? -1 : 1);
            default -> null;
        };
    }

    /** Makes room for groups 0 to count - 1. */
    public final void reserve(int groups) {
        if (groups > capacity) {
            capacity = Math.max(FIRST_CAPACITY, Math.max(groups, capacity * 2));
            grow(capacity);
        }
    }

    abstract void grow(int groups);

    /** Adds rows of a batch; the rows' groups by row. */
    public abstract void add(Batch batch, @Nullable Vector argument, int @Nullable [] rows, int count, int[] groups);

    /** Writes the results of groups into rows 0 to count - 1. */
    public abstract void result(int firstGroup, int count, Vector into);

    /** Bytes of state a group needs, roughly. */
    public abstract int bytesPerGroup();

    /** Whether the argument's nulls are left out before {@link #add} is called. */
    public boolean skipsNulls() {
        return true;
    }

    static long[] grown(long[] values, int size) {
        return Arrays.copyOf(values, size);
    }
}
