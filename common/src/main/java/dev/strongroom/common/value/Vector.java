package dev.strongroom.common.value;

import dev.strongroom.common.type.PgType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One column of a batch of rows: primitive arrays indexed by row, and a null flag per row. A type held as a long or a
/// double
/// has one form; types held as objects have several, and which one a vector has may change from batch to batch:
///
/// ```text
/// LONGS     longs
/// DOUBLES   doubles
/// BYTES     text as UTF-8: longs hold where (high half) and how long (low half) in the heap
/// DECIMALS  finite numerics of one display scale: longs hold the unscaled values
/// OBJECTS   objects
/// ```
///
/// Only the rows somebody asked for are filled. Mutable, reused, not thread-safe. Callers that fill one call {@link
/// #reset}
/// first.
public final class Vector {
    /** How values are held. */
    public enum Form {
        LONGS,
        DOUBLES,
        BYTES,
        DECIMALS,
        OBJECTS
    }

    private static final long[] NO_LONGS = {};
    private static final double[] NO_DOUBLES = {};
    private static final byte[] NO_BYTES = {};
    private static final @Nullable Object[] NO_OBJECTS = {};

    private final int capacity;
    private final boolean[] nulls;
    private Form form = Form.LONGS;
    private boolean hasNulls;
    private long[] longs = NO_LONGS;
    private double[] doubles = NO_DOUBLES;
    private byte[] heap = NO_BYTES;
    private @Nullable Object[] objects = NO_OBJECTS;
    private int scale;

    public Vector(int capacity) {
        this.capacity = capacity;
        this.nulls = new boolean[capacity];
    }

    public int capacity() {
        return capacity;
    }

    /** Forgets the content and takes a form. */
    public Vector reset(Form newForm) {
        form = newForm;
        if (hasNulls) {
            Arrays.fill(nulls, false);
            hasNulls = false;
        }
        switch (newForm) {
            case LONGS, BYTES, DECIMALS -> {
                if (longs.length == 0) {
                    longs = new long[capacity];
                }
            }
            case DOUBLES -> {
                if (doubles.length == 0) {
                    doubles = new double[capacity];
                }
            }
            case OBJECTS -> {
                if (objects.length == 0) {
                    objects = new Object[capacity];
                }
            }
        }
        return this;
    }

    /** The form in which a type is held when nothing is known about its values. */
    public static Form formOf(PgType type) {
        return switch (type.storage()) {
            case LONG -> Form.LONGS;
            case DOUBLE -> Form.DOUBLES;
            case REF -> Form.OBJECTS;
        };
    }

    public Form form() {
        return form;
    }

    /** False only if no row asked for is null. */
    public boolean hasNulls() {
        return hasNulls;
    }

    public boolean[] nulls() {
        return nulls;
    }

    public boolean isNull(int row) {
        return nulls[row];
    }

    public void setNull(int row) {
        nulls[row] = true;
        hasNulls = true;
    }

    public long[] longs() {
        return longs;
    }

    public double[] doubles() {
        return doubles;
    }

    /** What the byte ranges point into. */
    public byte[] heap() {
        return heap;
    }

    public void heap(byte[] bytes) {
        heap = bytes;
    }

    public @Nullable Object[] objects() {
        return objects;
    }

    /** Digits after the point of every value of a vector of decimals. */
    public int scale() {
        return scale;
    }

    public void scale(int digits) {
        scale = digits;
    }

    /** A byte range as it is kept in {@link #longs}. */
    public static long range(int start, int length) {
        return (long) start << 32 | length;
    }

    public static int start(long range) {
        return (int) (range >>> 32);
    }

    public static int length(long range) {
        return (int) range;
    }

    /** Value of a row of a type held as an object; null where the row is null. */
    public @Nullable Object ref(int row) {
        if (nulls[row]) {
            return null;
        }
        return switch (form) {
            case BYTES -> new String(heap, start(longs[row]), length(longs[row]), StandardCharsets.UTF_8);
            case DECIMALS -> Numeric.of(longs[row], scale);
            case OBJECTS -> objects[row];
            case LONGS, DOUBLES -> throw new IllegalStateException("not held as an object");
        };
    }

    /** Value of a row in boxed form: Long, Double, the object, or null. */
    public @Nullable Object boxed(int row) {
        if (nulls[row]) {
            return null;
        }
        return switch (form) {
            case LONGS -> (Object) longs[row];
            case DOUBLES -> (Object) doubles[row];
            case BYTES, DECIMALS, OBJECTS -> ref(row);
        };
    }

    /** Sets a row of a vector of objects; a null object makes the row null. */
    public void setRef(int row, @Nullable Object value) {
        objects[row] = value;
        if (value == null) {
            setNull(row);
        }
    }

    /** Takes the values of some rows of another vector, row i from the i-th of them; below zero for null. */
    public void gather(Vector from, int[] rows, int count) {
        reset(from.form);
        heap = from.heap;
        scale = from.scale;
        switch (form) {
            case LONGS, BYTES, DECIMALS -> {
                for (int i = 0; i < count; i++) {
                    longs[i] = rows[i] < 0 ? 0 : from.longs[rows[i]];
                }
            }
            case DOUBLES -> {
                for (int i = 0; i < count; i++) {
                    doubles[i] = rows[i] < 0 ? 0 : from.doubles[rows[i]];
                }
            }
            case OBJECTS -> {
                for (int i = 0; i < count; i++) {
                    objects[i] = rows[i] < 0 ? null : from.objects[rows[i]];
                }
            }
        }
        for (int i = 0; i < count; i++) {
            if (rows[i] < 0 || from.nulls[rows[i]]) {
                setNull(i);
            }
        }
    }

    /** Writes the value of a row into a slot. */
    public void copyTo(int row, Row into, int slot) {
        if (nulls[row]) {
            into.setNull(slot);
            return;
        }
        switch (form) {
            case LONGS -> into.setLong(slot, longs[row]);
            case DOUBLES -> into.setDouble(slot, doubles[row]);
            case BYTES, DECIMALS, OBJECTS -> into.setRef(slot, ref(row));
        }
    }

    /** Takes the value of a slot for a row of a vector of longs, doubles or objects. */
    public void copyFrom(Row from, int slot, int row) {
        if (from.isNull(slot)) {
            setNull(row);
            return;
        }
        switch (form) {
            case LONGS -> longs[row] = from.getLong(slot);
            case DOUBLES -> doubles[row] = from.getDouble(slot);
            case OBJECTS -> objects[row] = from.getRef(slot);
            case BYTES, DECIMALS -> throw new IllegalStateException("rows do not come as " + form);
        }
    }
}
