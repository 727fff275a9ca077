package dev.strongroom.sql.batch.aggregate;

import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.Batch;
import java.math.BigInteger;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sum or average of integers as numeric: 128 bits a group. */
final class WideSum extends VectorAggregate {
    private final boolean average;
    private long[] low = {};
    private long[] high = {};
    private long[] counts = {};

    WideSum(boolean average) {
        this.average = average;
    }

    @Override
    void grow(int groups) {
        low = grown(low, groups);
        high = grown(high, groups);
        counts = grown(counts, groups);
    }

    @Override
    public void add(Batch batch, @Nullable Vector argument, int @Nullable [] rows, int count, int[] groups) {
        long[] values = Objects.requireNonNull(argument).longs();
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            int group = groups[row];
            long value = values[row];
            long before = low[group];
            long sum = before + value;
            low[group] = sum;
            high[group] += (value >> 63) + (Long.compareUnsigned(sum, before) < 0 ? 1 : 0);
            counts[group]++;
        }
    }

    /** A number of two halves. */
    static BigInteger wide(long high, long low) {
        BigInteger lowPart = BigInteger.valueOf(low >>> 1).shiftLeft(1).add(BigInteger.valueOf(low & 1));
        return BigInteger.valueOf(high).shiftLeft(Long.SIZE).add(lowPart);
    }

    @Override
    public void result(int firstGroup, int count, Vector into) {
        into.reset(Vector.Form.OBJECTS);
        for (int i = 0; i < count; i++) {
            int group = firstGroup + i;
            Numeric sum = Numeric.of(wide(high[group], low[group]));
            into.setRef(i, counts[group] == 0 ? null : average ? sum.divide(Numeric.of(counts[group])) : sum);
        }
    }

    @Override
    public int bytesPerGroup() {
        return 3 * Long.BYTES;
    }
}
