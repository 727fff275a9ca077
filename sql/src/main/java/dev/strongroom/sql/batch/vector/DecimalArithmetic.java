package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.LongArithmetic.Operation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sum, difference and product of numerics: as longs where both sides are decimals and the result fits, which gives the same
 * digits and display scale; otherwise value by value.
 */
final class DecimalArithmetic extends VectorExpr {
    private final VectorExpr left;
    private final VectorExpr right;
    private final Operation operation;
    private final Vector result = vector();
    private final long[] scaledLeft = new long[Batch.CAPACITY];
    private final long[] scaledRight = new long[Batch.CAPACITY];

    DecimalArithmetic(VectorExpr left, VectorExpr right, Operation operation) {
        this.left = left;
        this.right = right;
        this.operation = operation;
    }

    @Override
    Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
        Vector a = left.evaluate(batch, rows, count);
        Vector b = right.evaluate(batch, rows, count);
        boolean fast = a.form() == Vector.Form.DECIMALS && b.form() == Vector.Form.DECIMALS;
        prepare(fast ? Vector.Form.DECIMALS : Vector.Form.OBJECTS, a, b, rows, count);
        if (!fast || !(operation == Operation.MULTIPLY ? multiply(a, b, rows, count) : add(a, b, rows, count))) {
            prepare(Vector.Form.OBJECTS, a, b, rows, count);
            each(a, b, rows, count);
        }
        return result;
    }

    private void prepare(Vector.Form form, Vector a, Vector b, int @Nullable [] rows, int count) {
        result.reset(form);
        copyNulls(a, result, rows, count);
        copyNulls(b, result, rows, count);
    }

    private boolean multiply(Vector a, Vector b, int @Nullable [] rows, int count) {
        int scale = a.scale() + b.scale();
        if (scale > Numeric.MAX_SCALE) {
            return false;
        }
        long[] x = a.longs();
        long[] y = b.longs();
        long[] into = result.longs();
        boolean[] nulls = result.nulls();
        boolean fits = true;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            long low = x[row] * y[row];
            fits &= Math.multiplyHigh(x[row], y[row]) == low >> 63 || nulls[row];
            into[row] = low;
        }
        result.scale(scale);
        return fits;
    }

    private boolean add(Vector a, Vector b, int @Nullable [] rows, int count) {
        int scale = Math.max(a.scale(), b.scale());
        long[] x = Decimals.rescaled(a, scale, scaledLeft, rows, count);
        long[] y = Decimals.rescaled(b, scale, scaledRight, rows, count);
        if (x.length == 0 || y.length == 0) {
            return false;
        }
        long[] into = result.longs();
        boolean[] nulls = result.nulls();
        boolean fits = true;
        if (operation == Operation.ADD) {
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                long sum = x[row] + y[row];
                fits &= ((x[row] ^ sum) & (y[row] ^ sum)) >= 0 || nulls[row];
                into[row] = sum;
            }
        } else {
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                long difference = x[row] - y[row];
                fits &= ((x[row] ^ y[row]) & (x[row] ^ difference)) >= 0 || nulls[row];
                into[row] = difference;
            }
        }
        result.scale(scale);
        return fits;
    }

    private void each(Vector a, Vector b, int @Nullable [] rows, int count) {
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            if (!result.isNull(row)) {
                Numeric x = (Numeric) Objects.requireNonNull(a.ref(row));
                Numeric y = (Numeric) Objects.requireNonNull(b.ref(row));
                result.setRef(
                        row,
                        switch (operation) {
                            case ADD -> x.add(y);
                            case SUBTRACT -> x.subtract(y);
                            case MULTIPLY -> x.multiply(y);
                        });
            }
        }
    }
}
