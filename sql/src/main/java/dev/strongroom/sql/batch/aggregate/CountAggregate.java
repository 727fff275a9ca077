package dev.strongroom.sql.batch.aggregate;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.Batch;
import org.jspecify.annotations.Nullable;

/** Counts rows; those with a null argument are left out before. */
final class CountAggregate extends VectorAggregate {
    private long[] counts = {};

    @Override
    void grow(int groups) {
        counts = grown(counts, groups);
    }

    @Override
    public void add(Batch batch, @Nullable Vector argument, int @Nullable [] rows, int count, int[] groups) {
        if (counts.length == 1) {
            counts[0] += count;
            return;
        }
        for (int i = 0; i < count; i++) {
            counts[groups[rows == null ? i : rows[i]]]++;
        }
    }

    @Override
    public void result(int firstGroup, int count, Vector into) {
        System.arraycopy(counts, firstGroup, into.reset(Vector.Form.LONGS).longs(), 0, count);
    }

    @Override
    public int bytesPerGroup() {
        return Long.BYTES;
    }
}
