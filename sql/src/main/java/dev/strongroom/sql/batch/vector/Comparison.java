package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Vector;
import org.jspecify.annotations.Nullable;

/** A condition on two operands that is null where one of them is. */
abstract class Comparison extends VectorExpr {
    // Which of "less", "equal", "greater" an operator accepts: bit 0, 1, 2.
    static final int LESS = 1;
    static final int EQUAL = 2;
    static final int GREATER = 4;

    private final VectorExpr left;
    private final VectorExpr right;
    private final Vector result = vector();
    private Vector lastLeft = result;
    private Vector lastRight = result;
    private final int[] live = new int[Batch.CAPACITY];
    private final int[] accepted = new int[Batch.CAPACITY];

    Comparison(VectorExpr left, VectorExpr right) {
        this.left = left;
        this.right = right;
    }

    /** What the last two letters of an operator function's name accept, or 0. */
    static int acceptedBy(String name) {
        return name.endsWith("eq")
                ? EQUAL
                : name.endsWith("ne")
                        ? LESS | GREATER
                        : name.endsWith("lt")
                                ? LESS
                                : name.endsWith("le")
                                        ? LESS | EQUAL
                                        : name.endsWith("gt") ? GREATER : name.endsWith("ge") ? GREATER | EQUAL : 0;
    }

    /** Finds the rows, none of them null on either side, for which the condition holds. */
    abstract int compare(Vector a, Vector b, int @Nullable [] rows, int count, int[] into);

    @Override
    final int filter(Batch batch, int @Nullable [] rows, int count, int[] into) {
        Vector a = left.evaluate(batch, rows, count);
        Vector b = right.evaluate(batch, rows, count);
        lastLeft = a;
        lastRight = b;
        int @Nullable [] some = rows;
        int size = count;
        if (a.hasNulls()) {
            size = present(a, some, size, live);
            some = live;
        }
        if (b.hasNulls()) {
            size = present(b, some, size, live);
            some = live;
        }
        return compare(a, b, some, size, into);
    }

    @Override
    final Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
        int found = filter(batch, rows, count, accepted);
        result.reset(Vector.Form.LONGS);
        long[] truth = result.longs();
        for (int i = 0; i < count; i++) {
            truth[rows == null ? i : rows[i]] = 0;
        }
        for (int i = 0; i < found; i++) {
            truth[accepted[i]] = 1;
        }
        copyNulls(lastLeft, result, rows, count);
        copyNulls(lastRight, result, rows, count);
        return result;
    }

    /** Comparison of longs. */
    static final class Longs extends Comparison {
        private final int accepts;

        Longs(VectorExpr left, VectorExpr right, int accepts) {
            super(left, right);
            this.accepts = accepts;
        }

        @Override
        int compare(Vector a, Vector b, int @Nullable [] rows, int count, int[] into) {
            return longs(a.longs(), b.longs(), accepts, rows, count, into);
        }
    }

    static int longs(long[] x, long[] y, int accepts, int @Nullable [] rows, int count, int[] into) {
        int found = 0;
        switch (accepts) {
            case EQUAL -> {
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    into[found] = row;
                    found += x[row] == y[row] ? 1 : 0;
                }
            }
            case LESS | GREATER -> {
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    into[found] = row;
                    found += x[row] != y[row] ? 1 : 0;
                }
            }
            case LESS -> {
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    into[found] = row;
                    found += x[row] < y[row] ? 1 : 0;
                }
            }
            case LESS | EQUAL -> {
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    into[found] = row;
                    found += x[row] <= y[row] ? 1 : 0;
                }
            }
            case GREATER -> {
                return longs(y, x, LESS, rows, count, into);
            }
            case GREATER | EQUAL -> {
                return longs(y, x, LESS | EQUAL, rows, count, into);
            }
            default -> throw new IllegalArgumentException("no comparison " + accepts);
        }
        return found;
    }

    /** Comparison of doubles: NaN equals itself and is greater than all others. */
    static final class Doubles extends Comparison {
        private final int accepts;

        Doubles(VectorExpr left, VectorExpr right, int accepts) {
            super(left, right);
            this.accepts = accepts;
        }

        @Override
        int compare(Vector a, Vector b, int @Nullable [] rows, int count, int[] into) {
            double[] x = a.doubles();
            double[] y = b.doubles();
            int found = 0;
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                int order = dev.strongroom.sql.function.ValueOrder.compareDoubles(x[row], y[row]);
                into[found] = row;
                found += accepts >> order + 1 & 1;
            }
            return found;
        }
    }
}
