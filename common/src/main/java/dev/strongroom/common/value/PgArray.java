package dev.strongroom.common.value;

import dev.strongroom.common.type.PgType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An array value: elements in row-major order in their boxed form ({@code Long}, {@code Double}, the object, or null).
 * Immutable by convention: nobody writes into the arrays after construction.
 *
 * @param dims length of each dimension; empty for the empty array
 * @param lowerBounds first index of each dimension
 */
public record PgArray(
        PgType elementType,
        int[] dims,
        int[] lowerBounds,
        @Nullable Object[] elements) {
    private static final int[] NONE = {};

    /** A one-dimensional array with lower bound 1; no elements gives the empty array of no dimensions. */
    public static PgArray of(PgType elementType, @Nullable Object... elements) {
        if (elements.length == 0) {
            return empty(elementType);
        }
        return new PgArray(elementType, new int[] {elements.length}, new int[] {1}, elements);
    }

    public static PgArray empty(PgType elementType) {
        return new PgArray(elementType, NONE, NONE, new Object[0]);
    }

    public int dimensions() {
        return dims.length;
    }

    public int size() {
        return elements.length;
    }

    public boolean hasNulls() {
        for (Object element : elements) {
            if (element == null) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PgArray that
                && elementType.oid() == that.elementType.oid()
                && Arrays.equals(dims, that.dims)
                && Arrays.equals(lowerBounds, that.lowerBounds)
                && Arrays.deepEquals(elements, that.elements);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims) * 31 + Arrays.deepHashCode(elements);
    }

    @Override
    public String toString() {
        return elementType.name() + Arrays.toString(dims) + Arrays.deepToString(elements);
    }
}
