package dev.strongroom.sql.batch.aggregate;

import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.Batch;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sum or average of numerics. Decimals of one scale add up in 128 bits a group; when the scale changes, what there is moves to
 * a numeric a group, and values that are no decimals are added there one by one.
 */
final class DecimalSum extends VectorAggregate {
    private final boolean average;
    private long[] low = {};
    private long[] high = {};
    private long[] counts = {};
    /** Whether a group got decimals since the scale was set. */
    private boolean[] touched = {};

    private @Nullable Numeric[] rest = {};
    private int scale = -1;

    DecimalSum(boolean average) {
        this.average = average;
    }

    @Override
    void grow(int groups) {
        low = grown(low, groups);
        high = grown(high, groups);
        counts = grown(counts, groups);
        touched = Arrays.copyOf(touched, groups);
        rest = Arrays.copyOf(rest, groups);
    }

    @Override
    public void add(Batch batch, @Nullable Vector argument, int @Nullable [] rows, int count, int[] groups) {
        Vector vector = Objects.requireNonNull(argument);
        if (vector.form() == Vector.Form.DECIMALS) {
            addDecimals(vector, rows, count, groups);
            return;
        }
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            int group = groups[row];
            move(group);
            addRest(group, (Numeric) Objects.requireNonNull(vector.ref(row)));
            counts[group]++;
        }
    }

    private void addDecimals(Vector vector, int @Nullable [] rows, int count, int[] groups) {
        if (scale != vector.scale()) {
            for (int group = 0; group < touched.length; group++) {
                move(group);
            }
            scale = vector.scale();
        }
        long[] values = vector.longs();
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            int group = groups[row];
            long value = values[row];
            long before = low[group];
            long sum = before + value;
            low[group] = sum;
            high[group] += (value >> 63) + (Long.compareUnsigned(sum, before) < 0 ? 1 : 0);
            counts[group]++;
            touched[group] = true;
        }
    }

    private void addRest(int group, Numeric value) {
        Numeric before = rest[group];
        rest[group] = (before == null ? Numeric.ZERO : before).add(value);
    }

    private void move(int group) {
        if (touched[group]) {
            addRest(group, Numeric.of(new BigDecimal(WideSum.wide(high[group], low[group]), scale)));
            low[group] = 0;
            high[group] = 0;
            touched[group] = false;
        }
    }

    @Override
    public void result(int firstGroup, int count, Vector into) {
        into.reset(Vector.Form.OBJECTS);
        for (int i = 0; i < count; i++) {
            int group = firstGroup + i;
            move(group);
            Numeric sum = rest[group];
            into.setRef(i, sum == null ? null : average ? sum.divide(Numeric.of(counts[group])) : sum);
        }
    }

    @Override
    public int bytesPerGroup() {
        return 3 * Long.BYTES + 9;
    }
}
