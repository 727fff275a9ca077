package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.function.Arithmetic;
import org.jspecify.annotations.Nullable;

/** Sum, difference and product of integers, with PostgreSQL's range errors. */
final class LongArithmetic extends VectorExpr {
    /** What to compute. */
    enum Operation {
        ADD,
        SUBTRACT,
        MULTIPLY
    }

    /** What the result has to fit. */
    enum Range {
        INT2(Short.MIN_VALUE, Short.MAX_VALUE),
        INT4(Integer.MIN_VALUE, Integer.MAX_VALUE),
        INT8(Long.MIN_VALUE, Long.MAX_VALUE);

        private final long lowest;
        private final long highest;

        Range(long lowest, long highest) {
            this.lowest = lowest;
            this.highest = highest;
        }
    }

    private final VectorExpr left;
    private final VectorExpr right;
    private final Operation operation;
    private final Range range;
    private final Vector result = vector();

    LongArithmetic(VectorExpr left, VectorExpr right, Operation operation, Range range) {
        this.left = left;
        this.right = right;
        this.operation = operation;
        this.range = range;
    }

    @Override
    Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
        Vector a = left.evaluate(batch, rows, count);
        Vector b = right.evaluate(batch, rows, count);
        result.reset(Vector.Form.LONGS);
        copyNulls(a, result, rows, count);
        copyNulls(b, result, rows, count);
        boolean outside = range == Range.INT8
                ? wide(a.longs(), b.longs(), rows, count)
                : narrow(a.longs(), b.longs(), rows, count);
        if (outside) {
            raise(rows, count);
        }
        return result;
    }

    /** Operands and result fit an int4: the long result is exact. True if a result, perhaps of a null row, is outside. */
    private boolean narrow(long[] x, long[] y, int @Nullable [] rows, int count) {
        long[] into = result.longs();
        switch (operation) {
            case ADD -> {
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    into[row] = x[row] + y[row];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    into[row] = x[row] - y[row];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    into[row] = x[row] * y[row];
                }
            }
        }
        long lowest = range.lowest;
        long highest = range.highest;
        boolean outside = false;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            outside |= into[row] < lowest || into[row] > highest;
        }
        return outside;
    }

    private boolean wide(long[] x, long[] y, int @Nullable [] rows, int count) {
        long[] into = result.longs();
        boolean[] nulls = result.nulls();
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            if (!nulls[row]) {
                into[row] = switch (operation) {
                    case ADD -> Arithmetic.add(x[row], y[row]);
                    case SUBTRACT -> Arithmetic.subtract(x[row], y[row]);
                    case MULTIPLY -> Arithmetic.multiply(x[row], y[row]);
                };
            }
        }
        return false;
    }

    private void raise(int @Nullable [] rows, int count) {
        long[] values = result.longs();
        boolean[] nulls = result.nulls();
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            if (!nulls[row]) {
                long ignored = range == Range.INT2 ? Arithmetic.int2(values[row]) : Arithmetic.int4(values[row]);
                assert ignored == values[row];
            }
        }
    }
}
