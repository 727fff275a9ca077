package dev.strongroom.sql.execute;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodec;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.Call;
import dev.strongroom.sql.function.FunctionSignature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query used as an expression. One without arguments runs once per execution; otherwise it runs for every row, with the values
 * of the arguments as the row of its correlation variable.
 */
public final class SubPlanExpr extends Expr {
    /** What is asked of the query. */
    public enum Kind {
        /** Its only value; null without rows. */
        SCALAR,
        /** Whether it has rows. */
        EXISTS,
        /** All values of its first column. */
        ARRAY,
        /** Whether the comparison holds for any row, in three-valued logic. */
        ANY,
        /** Whether it holds for all rows. */
        ALL
    }

    private final Kind kind;
    private final PlanNode plan;
    private final int correlation;
    private final Expr[] arguments;
    private final Expr[] operands;
    private final FunctionSignature[] comparisons;
    private final List<PgType> columns;

    /**
     * A sub-plan.
     *
     * @param correlation variable that stands for a row of the arguments in the plan, -1 without arguments
     * @param arguments what the plan sees of outer rows; without any its rows are kept for the whole execution
     * @param operands left-hand values of ANY and ALL
     * @param comparisons comparison i takes operand i and column i
     * @param columns types of the plan's columns
     */
    public SubPlanExpr(
            Kind kind,
            PgType type,
            PlanNode plan,
            int correlation,
            List<Expr> arguments,
            List<Expr> operands,
            List<FunctionSignature> comparisons,
            List<PgType> columns) {
        super(type);
        this.kind = kind;
        this.plan = plan;
        this.correlation = correlation;
        this.arguments = arguments.toArray(Expr[]::new);
        this.operands = operands.toArray(Expr[]::new);
        this.comparisons = comparisons.toArray(FunctionSignature[]::new);
        this.columns = List.copyOf(columns);
    }

    public PlanNode plan() {
        return plan;
    }

    @Override
    public long evalLong(Frame frame) {
        return switch (kind) {
            case EXISTS -> exists(frame) ? 1 : 0;
            case ANY -> quantified(frame, false);
            case ALL -> quantified(frame, true);
            default -> {
                Object value = scalar(frame);
                yield value == null ? 0 : (Long) value;
            }
        };
    }

    @Override
    public double evalDouble(Frame frame) {
        Object value = scalar(frame);
        return value == null ? 0 : (Double) value;
    }

    @Override
    public @Nullable Object evalRef(Frame frame) {
        return kind == Kind.ARRAY ? array(frame) : scalar(frame);
    }

    private PlanCursor open(Frame frame) {
        if (!plan.isShort()) {
            NoWait.check();
        }
        ExecutionContext context = frame.context;
        if (arguments.length > 0) {
            Row row = new Row(arguments.length);
            for (int i = 0; i < arguments.length; i++) {
                arguments[i].evalInto(frame, row, i);
            }
            context.correlate(correlation, row);
            return plan.open(context);
        }
        RowStore kept = context.kept(this);
        if (kept == null) {
            kept = new RowStore(context.memory());
            try (PlanCursor cursor = plan.open(context)) {
                boolean only = kind == Kind.EXISTS;
                while (cursor.next()) {
                    kept.add(cursor.row());
                    if (only || kind == Kind.SCALAR && kept.size() > 1) {
                        break;
                    }
                }
            }
            context.keep(this, kept);
        }
        return new StoreCursor(kept);
    }

    private boolean exists(Frame frame) {
        try (PlanCursor cursor = open(frame)) {
            boolean found = cursor.next();
            frame.nil = false;
            return found;
        }
    }

    private @Nullable Object scalar(Frame frame) {
        try (PlanCursor cursor = open(frame)) {
            Object value = null;
            if (cursor.next()) {
                value = TypeCodecs.of(type()).box(cursor.row(), 0);
                if (cursor.next()) {
                    throw ErrorReport.error(
                                    ErrorCode.CARDINALITY_VIOLATION,
                                    "more than one row returned by a subquery used as an expression")
                            .exception();
                }
            }
            frame.nil = value == null;
            return value;
        }
    }

    private PgArray array(Frame frame) {
        PgType column = columns.getFirst();
        List<@Nullable Object> values = new ArrayList<>();
        try (PlanCursor cursor = open(frame)) {
            TypeCodec codec = TypeCodecs.of(column);
            while (cursor.next()) {
                values.add(codec.box(cursor.row(), 0));
            }
        }
        frame.nil = false;
        return column.isArray()
                ? ArrayExprs.nest(type().elementType().orElseThrow(), values.toArray())
                : PgArray.of(column, values.toArray());
    }

    private long quantified(Frame frame, boolean all) {
        @Nullable Object[] left = new Object[operands.length];
        for (int i = 0; i < left.length; i++) {
            left[i] = operands[i].evalBoxed(frame);
        }
        boolean sawNull = false;
        boolean decided = false;
        if (arguments.length == 0 && !all && HashedRows.supports(comparisons)) {
            return hashed(frame, left);
        }
        try (PlanCursor cursor = open(frame)) {
            while (!decided && cursor.next()) {
                Boolean answer = compare(frame, left, cursor.row());
                if (answer == null) {
                    sawNull = true;
                } else {
                    decided = answer != all;
                }
            }
        }
        frame.nil = !decided && sawNull;
        return decided != all ? 1 : 0;
    }

    private long hashed(Frame frame, @Nullable Object[] left) {
        HashedRows rows = frame.context.hashed(this);
        if (rows == null) {
            rows = new HashedRows(columns);
            try (PlanCursor cursor = open(frame)) {
                while (cursor.next()) {
                    rows.add(cursor.row());
                }
            }
            frame.context.hash(this, rows);
        }
        Boolean answer = rows.contains(left);
        frame.nil = answer == null;
        return Boolean.TRUE.equals(answer) ? 1 : 0;
    }

    /** Row comparison: false if one column differs, else unknown if one is null. */
    private @Nullable Boolean compare(Frame frame, @Nullable Object[] left, Row row) {
        boolean sawNull = false;
        for (int i = 0; i < left.length; i++) {
            Object right = TypeCodecs.of(columns.get(i)).box(row, i);
            Call call = new Call(frame.context.session(), List.of(operands[i].type(), columns.get(i)), PgType.BOOL);
            Object answer =
                    left[i] == null || right == null ? null : Invocation.call(comparisons[i], call, left[i], right);
            if (answer == null) {
                sawNull = true;
            } else if ((Long) answer == 0) {
                return Boolean.FALSE;
            }
        }
        return sawNull ? null : Boolean.TRUE;
    }

    @Override
    public String toString() {
        return kind + Arrays.toString(comparisons);
    }
}
