package dev.strongroom.sql.batch.aggregate;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.Batch;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sum or average of floats, added up in the order of the rows. */
final class DoubleSum extends VectorAggregate {
    private final boolean average;
    private final boolean single;
    private double[] sums = {};
    private long[] counts = {};

    /**
     * A sum.
     *
     * @param single rounded to a float4 after each step
     */
    DoubleSum(boolean average, boolean single) {
        this.average = average;
        this.single = single;
    }

    @Override
    void grow(int groups) {
        sums = Arrays.copyOf(sums, groups);
        counts = grown(counts, groups);
    }

    @Override
    public void add(Batch batch, @Nullable Vector argument, int @Nullable [] rows, int count, int[] groups) {
        double[] values = Objects.requireNonNull(argument).doubles();
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            int group = groups[row];
            double before = sums[group];
            double sum = single ? (float) (before + values[row]) : before + values[row];
            if (Double.isInfinite(sum) && !Double.isInfinite(before) && !Double.isInfinite(values[row])) {
                throw new DatabaseException(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow");
            }
            sums[group] = sum;
            counts[group]++;
        }
    }

    @Override
    public void result(int firstGroup, int count, Vector into) {
        into.reset(Vector.Form.DOUBLES);
        for (int i = 0; i < count; i++) {
            int group = firstGroup + i;
            into.doubles()[i] = average ? sums[group] / counts[group] : sums[group];
            if (counts[group] == 0) {
                into.setNull(i);
            }
        }
    }

    @Override
    public int bytesPerGroup() {
        return 2 * Long.BYTES;
    }
}
