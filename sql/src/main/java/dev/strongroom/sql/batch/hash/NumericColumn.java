package dev.strongroom.sql.batch.hash;

import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.Vector;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Kept numerics: longs as long as all are decimals of one scale, objects from the first other one on. */
final class NumericColumn extends StoredColumn {
    private static final long OBJECT_BYTES = 80;

    private long[] unscaled = new long[firstCapacity()];
    private @Nullable Numeric @Nullable [] numbers;
    private int scale = -1;

    @Override
    protected void grow(int capacity) {
        if (numbers == null) {
            unscaled = Arrays.copyOf(unscaled, capacity);
        } else {
            numbers = Arrays.copyOf(numbers, capacity);
        }
    }

    @Override
    protected void put(int position, int row) {
        if (numbers == null) {
            boolean fits = source.form() == Vector.Form.DECIMALS && (scale < 0 || scale == source.scale());
            if (fits) {
                scale = source.scale();
                unscaled[position] = source.longs()[row];
                return;
            }
            convert(position);
        }
        Objects.requireNonNull(numbers)[position] = number(row);
    }

    private void convert(int count) {
        @Nullable Numeric[] objects = new Numeric[unscaled.length];
        for (int i = 0; i < count; i++) {
            if (!isNull(i)) {
                objects[i] = Numeric.of(unscaled[i], scale);
            }
        }
        numbers = objects;
        unscaled = new long[0];
    }

    private Numeric number(int row) {
        return (Numeric) Objects.requireNonNull(source.ref(row));
    }

    private Numeric kept(int position) {
        @Nullable Numeric[] objects = numbers;
        return objects == null ? Numeric.of(unscaled[position], scale) : Objects.requireNonNull(objects[position]);
    }

    /** Equal numbers of different scales hash alike: zeros at the end do not count. */
    @Override
    public int hash(int row) {
        if (source.form() == Vector.Form.DECIMALS) {
            long value = source.longs()[row];
            int digits = source.scale();
            while (digits > 0 && value % 10 == 0) {
                value /= 10;
                digits--;
            }
            return mix(value) + digits;
        }
        Numeric number = number(row);
        if (!number.isFinite()) {
            return number.hashCode();
        }
        java.math.BigDecimal decimal = number.toBigDecimal().stripTrailingZeros();
        if (decimal.scale() < 0) {
            decimal = decimal.setScale(0);
        }
        return decimal.unscaledValue().bitLength() < 64
                ? mix(decimal.unscaledValue().longValue()) + (decimal.signum() == 0 ? 0 : decimal.scale())
                : decimal.hashCode();
    }

    @Override
    public boolean equal(int row, int position) {
        return numbers == null && source.form() == Vector.Form.DECIMALS && source.scale() == scale
                ? source.longs()[row] == unscaled[position]
                : number(row).compareTo(kept(position)) == 0;
    }

    @Override
    public int compare(int first, int second) {
        return numbers == null
                ? Long.compare(unscaled[first], unscaled[second])
                : kept(first).compareTo(kept(second));
    }

    /** Kept values as longs that order as they do, or null where some are objects. */
    long @Nullable [] unscaled() {
        return numbers == null ? unscaled : null;
    }

    @Override
    protected void prepare(Vector into) {
        into.reset(numbers == null ? Vector.Form.DECIMALS : Vector.Form.OBJECTS).scale(Math.max(scale, 0));
    }

    @Override
    protected void get(int position, Vector into, int row) {
        if (numbers == null) {
            into.longs()[row] = unscaled[position];
        } else {
            into.objects()[row] = kept(position);
        }
    }

    @Override
    public long bytes() {
        @Nullable Numeric[] objects = numbers;
        return objects == null ? 9L * unscaled.length : OBJECT_BYTES * objects.length;
    }
}
