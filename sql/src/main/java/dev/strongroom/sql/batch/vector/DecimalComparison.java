package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.Vector;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Comparison of numerics by value: as longs where both sides are decimals that fit one scale. */
final class DecimalComparison extends Comparison {
    private final int accepts;
    private final long[] scaledLeft = new long[Batch.CAPACITY];
    private final long[] scaledRight = new long[Batch.CAPACITY];

    DecimalComparison(VectorExpr left, VectorExpr right, int accepts) {
        super(left, right);
        this.accepts = accepts;
    }

    @Override
    int compare(Vector a, Vector b, int @Nullable [] rows, int count, int[] into) {
        if (a.form() == Vector.Form.DECIMALS && b.form() == Vector.Form.DECIMALS) {
            int scale = Math.max(a.scale(), b.scale());
            long[] x = Decimals.rescaled(a, scale, scaledLeft, rows, count);
            long[] y = Decimals.rescaled(b, scale, scaledRight, rows, count);
            if (x.length > 0 && y.length > 0) {
                return longs(x, y, accepts, rows, count, into);
            }
        }
        int found = 0;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            int order = ((Numeric) Objects.requireNonNull(a.ref(row)))
                    .compareTo((Numeric) Objects.requireNonNull(b.ref(row)));
            into[found] = row;
            found += accepts >> Integer.signum(order) + 1 & 1;
        }
        return found;
    }
}
