package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.function.ScalarCode;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Comparison of text by code point, which is the order of its UTF-8 bytes. */
final class TextComparison extends Comparison {
    private final int accepts;
    private final boolean padded;
    private final ScalarCode.RefsToLong<Object, Object> code;

    /**
     * A comparison.
     *
     * @param padded blanks at the end do not count
     * @param code for values that are not at hand as bytes
     */
    TextComparison(
            VectorExpr left,
            VectorExpr right,
            int accepts,
            boolean padded,
            ScalarCode.RefsToLong<Object, Object> code) {
        super(left, right);
        this.accepts = accepts;
        this.padded = padded;
        this.code = code;
    }

    @Override
    int compare(Vector a, Vector b, int @Nullable [] rows, int count, int[] into) {
        if (a.form() != Vector.Form.BYTES || b.form() != Vector.Form.BYTES) {
            return compareObjects(a, b, rows, count, into);
        }
        byte[] x = a.heap();
        byte[] y = b.heap();
        long[] xs = a.longs();
        long[] ys = b.longs();
        int found = 0;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            int from = Vector.start(xs[row]);
            int length = Vector.length(xs[row]);
            int otherFrom = Vector.start(ys[row]);
            int otherLength = Vector.length(ys[row]);
            if (padded) {
                length = trimmed(x, from, length);
                otherLength = trimmed(y, otherFrom, otherLength);
            }
            int order = accepts == EQUAL && length != otherLength
                    ? 1
                    : Arrays.compareUnsigned(x, from, from + length, y, otherFrom, otherFrom + otherLength);
            into[found] = row;
            found += accepts >> Integer.signum(order) + 1 & 1;
        }
        return found;
    }

    private int compareObjects(Vector a, Vector b, int @Nullable [] rows, int count, int[] into) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            into[found] = row;
            found += code.call(Objects.requireNonNull(a.ref(row)), Objects.requireNonNull(b.ref(row))) != 0 ? 1 : 0;
        }
        return found;
    }

    /** Length without blanks at the end. */
    static int trimmed(byte[] bytes, int from, int length) {
        int end = length;
        while (end > 0 && bytes[from + end - 1] == ' ') {
            end--;
        }
        return end;
    }
}
