package dev.strongroom.sql.batch.hash;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.function.ValueOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Kept values of any type held as objects. */
final class ObjectColumn extends StoredColumn {
    private static final long OBJECT_BYTES = 56;

    private final ValueOrder order;
    private @Nullable Object[] values = new Object[firstCapacity()];
    private long dataBytes;

    ObjectColumn(PgType type) {
        order = ValueOrder.of(type);
    }

    @Override
    protected void grow(int capacity) {
        values = Arrays.copyOf(values, capacity);
    }

    @Override
    protected void put(int position, int row) {
        Object value = value(row);
        values[position] = value;
        dataBytes += value instanceof byte[] bytes ? bytes.length : value instanceof String text ? text.length() : 0;
    }

    private Object value(int row) {
        return Objects.requireNonNull(source.ref(row));
    }

    private Object kept(int position) {
        return Objects.requireNonNull(values[position]);
    }

    @Override
    public int hash(int row) {
        return order.hashBoxed(value(row));
    }

    @Override
    public boolean equal(int row, int position) {
        return order.compareBoxed(value(row), kept(position)) == 0;
    }

    @Override
    public int compare(int first, int second) {
        return order.compareBoxed(kept(first), kept(second));
    }

    @Override
    protected void prepare(Vector into) {
        into.reset(Vector.Form.OBJECTS);
    }

    @Override
    protected void get(int position, Vector into, int row) {
        into.objects()[row] = values[position];
    }

    @Override
    public long bytes() {
        return OBJECT_BYTES * values.length + dataBytes;
    }
}
