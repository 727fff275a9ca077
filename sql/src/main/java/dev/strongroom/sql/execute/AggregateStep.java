package dev.strongroom.sql.execute;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Storage;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.Accumulator;
import dev.strongroom.sql.function.AggregateCode;
import dev.strongroom.sql.function.Call;
import dev.strongroom.sql.function.ValueOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Feeds one aggregate: FILTER, DISTINCT, ORDER BY, and arguments without boxing where there is one. */
public final class AggregateStep {
    private static final @Nullable Object[] NO_ARGUMENTS = {};

    private final AggregateCall call;
    private final AggregateCode code;
    private final Expr[] arguments;
    private final List<PgType> types;
    private final ValueOrder[] orders;
    private final @Nullable Expr filter;
    private final @Nullable RowComparator comparator;
    private final @Nullable Storage single;

    public AggregateStep(AggregateCall call) {
        if (!(call.function().code() instanceof AggregateCode aggregate)) {
            throw ErrorReport.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED,
                            "function " + call.function().name() + " is not supported as an aggregate yet")
                    .exception();
        }
        this.call = call;
        this.code = aggregate;
        this.arguments = call.arguments().toArray(Expr[]::new);
        this.types = call.arguments().stream().map(Expr::type).toList();
        this.orders = types.stream().map(ValueOrder::of).toArray(ValueOrder[]::new);
        this.filter = call.filter();
        this.comparator = call.order().isEmpty() ? null : new RowComparator(call.order());
        this.single = arguments.length == 1 ? types.getFirst().storage() : null;
    }

    /**
     * Starts a group.
     *
     * @param first its first row, which direct arguments are evaluated on
     */
    public GroupState start(ExecutionContext context, Row first) {
        Accumulator accumulator = code.start(new Call(context.session(), types, call.result()));
        if (!call.direct().isEmpty()) {
            Frame frame = new Frame(context).on(first);
            @Nullable Object[] direct = new Object[call.direct().size()];
            for (int i = 0; i < direct.length; i++) {
                direct[i] = call.direct().get(i).evalBoxed(frame);
            }
            accumulator.direct(direct);
        }
        boolean ordered = comparator != null;
        return new GroupState(
                accumulator,
                call.distinct() && !ordered ? new HashSet<>() : null,
                ordered ? new RowStore(context.memory()) : null);
    }

    /** Adds an input row. */
    public void add(GroupState state, Frame frame, Row row) {
        if (filter != null && !filter.isTrue(frame)) {
            return;
        }
        if (state.kept != null) {
            state.kept.add(row);
        } else if (state.seen != null) {
            addIfNew(state.accumulator, state.seen, frame);
        } else {
            feed(state.accumulator, frame);
        }
    }

    private void feed(Accumulator accumulator, Frame frame) {
        if (single == null || accumulator.wantsNulls()) {
            accumulator.addAll(arguments.length == 0 ? NO_ARGUMENTS : boxed(frame));
            return;
        }
        switch (single) {
            case LONG -> {
                long value = arguments[0].evalLong(frame);
                if (!frame.nil) {
                    accumulator.addLong(value);
                }
            }
            case DOUBLE -> {
                double value = arguments[0].evalDouble(frame);
                if (!frame.nil) {
                    accumulator.addDouble(value);
                }
            }
            case REF -> {
                Object value = arguments[0].evalRef(frame);
                if (value != null) {
                    accumulator.addRef(value);
                }
            }
        }
    }

    private void addIfNew(Accumulator accumulator, Set<HashedRows.Key> seen, Frame frame) {
        @Nullable Object[] values = boxed(frame);
        if (seen.add(new HashedRows.Key(values, orders))) {
            feedBoxed(accumulator, values);
        }
    }

    private void feedBoxed(Accumulator accumulator, @Nullable Object[] values) {
        if (single == null || accumulator.wantsNulls()) {
            accumulator.addAll(values);
            return;
        }
        switch (values[0]) {
            case null -> {}
            case Long value when single == Storage.LONG -> accumulator.addLong(value);
            case Double value when single == Storage.DOUBLE -> accumulator.addDouble(value);
            case Object value -> accumulator.addRef(value);
        }
    }

    private @Nullable Object[] boxed(Frame frame) {
        @Nullable Object[] values = new Object[arguments.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = arguments[i].evalBoxed(frame);
        }
        return values;
    }

    /** Writes the result of a group into a slot. */
    public void finish(GroupState state, Frame frame, Row into, int slot) {
        RowStore kept = state.kept;
        if (kept != null && comparator != null) {
            kept.rows().sort(comparator);
            Set<HashedRows.Key> seen = new HashSet<>();
            for (Row row : kept.rows()) {
                frame.on(row);
                if (call.distinct()) {
                    addIfNew(state.accumulator, seen, frame);
                } else {
                    feed(state.accumulator, frame);
                }
            }
            kept.clear();
        }
        state.accumulator.result(into, slot);
    }
}
