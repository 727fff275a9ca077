package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.value.Vector;
import org.jspecify.annotations.Nullable;

/**
 * An expression over the rows of a batch; belongs to one execution. Rows are given as numbers, ascending, or as null for the
 * first {@code count}; they are among the rows that count in the batch.
 */
abstract class VectorExpr {
    /**
     * Values of some rows, in a vector that stays as it is until the next call.
     *
     * @throws DatabaseException for an error the closure may or may not meet
     */
    abstract Vector evaluate(Batch batch, int @Nullable [] rows, int count);

    /**
     * Finds the rows for which a boolean expression is true.
     *
     * @param into gets their numbers, ascending; may be {@code rows} itself
     * @return how many
     */
    int filter(Batch batch, int @Nullable [] rows, int count, int[] into) {
        Vector vector = evaluate(batch, rows, count);
        long[] truth = vector.longs();
        boolean[] nulls = vector.nulls();
        int found = 0;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            into[found] = row;
            found += truth[row] != 0 && !nulls[row] ? 1 : 0;
        }
        return found;
    }

    static Vector vector() {
        return new Vector(Batch.CAPACITY);
    }

    /** Makes rows null that are null in another vector. */
    static void copyNulls(Vector from, Vector to, int @Nullable [] rows, int count) {
        if (from.hasNulls()) {
            boolean[] nulls = from.nulls();
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                if (nulls[row]) {
                    to.setNull(row);
                }
            }
        }
    }

    /** Rows that are not null in a vector. */
    static int present(Vector vector, int @Nullable [] rows, int count, int[] into) {
        boolean[] nulls = vector.nulls();
        int found = 0;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            into[found] = row;
            found += nulls[row] ? 0 : 1;
        }
        return found;
    }

    /** Rows without some of them. */
    static int without(int @Nullable [] rows, int count, int[] some, int someCount, int[] into) {
        int found = 0;
        int next = 0;
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            if (next < someCount && some[next] == row) {
                next++;
            } else {
                into[found++] = row;
            }
        }
        return found;
    }
}
