package dev.strongroom.sql.function;

import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/**
 * State of one aggregate in one group. Aggregates of one argument get it unboxed by its storage and only when it is not null;
 * all others, and those that {@link #wantsNulls}, get every row boxed.
 */
public abstract class Accumulator {

    /** True if {@link #addAll} is to be called for every row, nulls included. */
    public boolean wantsNulls() {
        return false;
    }

    /** Direct arguments of an ordered-set aggregate, before anything is added. */
    public void direct(@Nullable Object[] arguments) {
        throw new IllegalStateException(getClass().getName());
    }

    /** A non-null argument held as a long. */
    public void addLong(long value) {
        addAll(new Object[] {value});
    }

    /** A non-null argument held as a double. */
    public void addDouble(double value) {
        addAll(new Object[] {value});
    }

    /** A non-null argument held as an object. */
    public void addRef(Object value) {
        addAll(new Object[] {value});
    }

    /** All arguments, boxed; none for {@code count(*)}. */
    public void addAll(@Nullable Object[] arguments) {
        throw new IllegalStateException(getClass().getName());
    }

    /** Writes the value so far into a slot; may be called more than once (windows). */
    public abstract void result(Row into, int slot);
}
