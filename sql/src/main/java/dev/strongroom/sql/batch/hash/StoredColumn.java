package dev.strongroom.sql.batch.hash;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Vector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values of one column, kept by position. {@link #attach} names the vector that rows are then taken from and compared with;
 * equality and hash are the type's own, nulls equal each other.
 */
public abstract class StoredColumn {
    private static final int FIRST_CAPACITY = 64;

    private boolean[] nulls = new boolean[FIRST_CAPACITY];
    private int size;
    private boolean hasNulls;

    /** The vector rows are taken from. */
    protected Vector source = new Vector(0);

    /** A column for values of a type. */
    public static StoredColumn of(PgType type) {
        return switch (type.storage()) {
            case LONG -> new LongColumn();
            case DOUBLE -> new DoubleColumn();
            case REF ->
                switch (type.oid()) {
                    case 25, 1043, 19 -> new TextColumn(false);
                    case 1042 -> new TextColumn(true);
                    case 1700 -> new NumericColumn();
                    default -> new ObjectColumn(type);
                };
        };
    }

    /** A column for values that come in some form and are never compared. */
    public static StoredColumn of(Vector.Form form) {
        return switch (form) {
            case LONGS -> new LongColumn();
            case DOUBLES -> new DoubleColumn();
            case BYTES -> new TextColumn(false);
            case DECIMALS -> new NumericColumn();
            case OBJECTS -> new ObjectColumn(PgType.TEXT);
        };
    }

    /** Takes a vector whose rows are to be kept, found or compared; it stays as it is meanwhile. */
    public void attach(Vector vector) {
        source = vector;
    }

    public final int size() {
        return size;
    }

    public final boolean isNull(int position) {
        return nulls[position];
    }

    final boolean hasNulls() {
        return hasNulls;
    }

    /** Keeps the values of some rows. */
    public final void addAll(Vector vector, int @Nullable [] rows, int count) {
        attach(vector);
        for (int i = 0; i < count; i++) {
            add(rows == null ? i : rows[i]);
        }
    }

    /** Keeps the value of a row of the vector at the next position. */
    public final void add(int row) {
        if (size == nulls.length) {
            nulls = Arrays.copyOf(nulls, size * 2);
            grow(nulls.length);
        }
        boolean isNull = source.isNull(row);
        nulls[size] = isNull;
        hasNulls |= isNull;
        if (!isNull) {
            put(size, row);
        }
        size++;
    }

    static int firstCapacity() {
        return FIRST_CAPACITY;
    }

    /** Makes room for positions below a capacity. */
    protected abstract void grow(int capacity);

    /** Keeps a row that is not null. */
    protected abstract void put(int position, int row);

    /** Hash of a row of the vector that is not null. */
    public abstract int hash(int row);

    /** Whether a row of the vector that is not null equals a kept value that is not null. */
    public abstract boolean equal(int row, int position);

    /** Order of two kept values that are not null. */
    public abstract int compare(int first, int second);

    /** Takes the form the kept values have. */
    protected abstract void prepare(Vector into);

    /** Writes a kept value that is not null into a row of a prepared vector. */
    protected abstract void get(int position, Vector into, int row);

    /**
     * Writes kept values into a vector.
     *
     * @param positions for row i, below zero for null
     */
    public final void gather(int[] positions, int count, Vector into) {
        prepare(into);
        for (int row = 0; row < count; row++) {
            int position = positions[row];
            if (position < 0 || nulls[position]) {
                into.setNull(row);
            } else {
                get(position, into, row);
            }
        }
    }

    /** Bytes held, roughly. */
    public abstract long bytes();

    static int mix(long value) {
        long mixed = value * 0x9E3779B97F4A7C15L;
        return (int) (mixed ^ mixed >>> 32);
    }
}
