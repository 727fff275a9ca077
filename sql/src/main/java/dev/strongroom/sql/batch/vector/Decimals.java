package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Vector;
import org.jspecify.annotations.Nullable;

/** Scales of vectors of decimals. */
final class Decimals {
    private static final long[] DOES_NOT_FIT = {};
    private static final int LONG_DIGITS = 18;
    private static final long[] POWERS = new long[LONG_DIGITS + 1];

    static {
        POWERS[0] = 1;
        for (int i = 1; i <= LONG_DIGITS; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private Decimals() {}

    /**
     * Unscaled values at a scale that is not smaller: those of the vector itself, or computed ones; an empty array where one
     * does not fit a long. Null rows hold anything.
     */
    static long[] rescaled(Vector vector, int scale, long[] into, int @Nullable [] rows, int count) {
        long[] values = vector.longs();
        int digits = scale - vector.scale();
        if (digits == 0) {
            return values;
        }
        if (digits > LONG_DIGITS) {
            return DOES_NOT_FIT;
        }
        long factor = POWERS[digits];
        long limit = Long.MAX_VALUE / factor;
        boolean fits = true;
        boolean[] nulls = vector.nulls();
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            long value = values[row];
            fits &= value >= -limit && value <= limit || nulls[row];
            into[row] = value * factor;
        }
        return fits ? into : DOES_NOT_FIT;
    }
}
