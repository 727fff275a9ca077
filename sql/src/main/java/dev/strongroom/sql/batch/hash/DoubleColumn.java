package dev.strongroom.sql.batch.hash;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.function.ValueOrder;
import java.util.Arrays;

/** Kept values held as doubles: NaN equals itself, minus zero equals zero. */
final class DoubleColumn extends StoredColumn {
    private double[] values = new double[firstCapacity()];

    @Override
    protected void grow(int capacity) {
        values = Arrays.copyOf(values, capacity);
    }

    @Override
    protected void put(int position, int row) {
        values[position] = source.doubles()[row];
    }

    @Override
    public int hash(int row) {
        double value = source.doubles()[row];
        return mix(Double.doubleToLongBits(value == 0 ? 0.0 : value));
    }

    @Override
    public boolean equal(int row, int position) {
        return ValueOrder.compareDoubles(source.doubles()[row], values[position]) == 0;
    }

    @Override
    public int compare(int first, int second) {
        return ValueOrder.compareDoubles(values[first], values[second]);
    }

    double[] values() {
        return values;
    }

    @Override
    protected void prepare(Vector into) {
        into.reset(Vector.Form.DOUBLES);
    }

    @Override
    protected void get(int position, Vector into, int row) {
        into.doubles()[row] = values[position];
    }

    @Override
    public long bytes() {
        return 9L * values.length;
    }
}
