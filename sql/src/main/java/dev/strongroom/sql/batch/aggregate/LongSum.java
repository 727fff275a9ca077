package dev.strongroom.sql.batch.aggregate;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.function.Arithmetic;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sum of integers that has to fit a bigint. */
final class LongSum extends VectorAggregate {
    private long[] sums = {};
    private boolean[] any = {};

    @Override
    void grow(int groups) {
        sums = grown(sums, groups);
        any = Arrays.copyOf(any, groups);
    }

    @Override
    public void add(Batch batch, @Nullable Vector argument, int @Nullable [] rows, int count, int[] groups) {
        long[] values = Objects.requireNonNull(argument).longs();
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            int group = groups[row];
            sums[group] = Arithmetic.add(sums[group], values[row]);
            any[group] = true;
        }
    }

    @Override
    public void result(int firstGroup, int count, Vector into) {
        into.reset(Vector.Form.LONGS);
        for (int i = 0; i < count; i++) {
            into.longs()[i] = sums[firstGroup + i];
            if (!any[firstGroup + i]) {
                into.setNull(i);
            }
        }
    }

    @Override
    public int bytesPerGroup() {
        return Long.BYTES + 1;
    }
}
