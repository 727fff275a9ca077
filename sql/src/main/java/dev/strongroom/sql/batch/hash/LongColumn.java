package dev.strongroom.sql.batch.hash;

import dev.strongroom.common.value.Vector;
import java.util.Arrays;

/** Kept values held as longs. */
final class LongColumn extends StoredColumn {
    private long[] values = new long[firstCapacity()];

    @Override
    protected void grow(int capacity) {
        values = Arrays.copyOf(values, capacity);
    }

    @Override
    protected void put(int position, int row) {
        values[position] = source.longs()[row];
    }

    @Override
    public int hash(int row) {
        return mix(source.longs()[row]);
    }

    @Override
    public boolean equal(int row, int position) {
        return source.longs()[row] == values[position];
    }

    @Override
    public int compare(int first, int second) {
        return Long.compare(values[first], values[second]);
    }

    /** Kept values by position. */
    long[] values() {
        return values;
    }

    @Override
    protected void prepare(Vector into) {
        into.reset(Vector.Form.LONGS);
    }

    @Override
    protected void get(int position, Vector into, int row) {
        into.longs()[row] = values[position];
    }

    @Override
    public long bytes() {
        return 9L * values.length;
    }
}
