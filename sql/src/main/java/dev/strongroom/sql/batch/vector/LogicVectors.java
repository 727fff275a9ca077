package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Vector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Three-valued logic and the expressions that choose, each evaluating an operand only for the rows it matters to. */
final class LogicVectors {
    private LogicVectors() {}

    /** AND, or OR by De Morgan's laws: {@code stop} is the truth value that settles a row. */
    static final class Junction extends VectorExpr {
        private final List<VectorExpr> operands;
        private final boolean isOr;
        private final Vector result = vector();
        private final int[] open = new int[Batch.CAPACITY];
        private final int[] found = new int[Batch.CAPACITY];
        private final int[] merged = new int[Batch.CAPACITY];

        Junction(List<VectorExpr> operands, boolean isOr) {
            this.operands = operands;
            this.isOr = isOr;
        }

        @Override
        int filter(Batch batch, int @Nullable [] rows, int count, int[] into) {
            if (!isOr) {
                // A row that is null so far goes on: the next operand may meet an error.
                return super.filter(batch, rows, count, into);
            }
            int @Nullable [] rest = rows;
            int restSize = count;
            int size = 0;
            for (VectorExpr operand : operands) {
                int more = operand.filter(batch, rest, restSize, found);
                restSize = without(rest, restSize, found, more, open);
                rest = open;
                size = merge(size, more);
            }
            System.arraycopy(merged, 0, into, 0, size);
            return size;
        }

        /** Merges the rows found into those merged so far, from behind. */
        private int merge(int size, int more) {
            int a = size - 1;
            int b = more - 1;
            for (int at = size + more - 1; b >= 0; at--) {
                merged[at] = a >= 0 && merged[a] > found[b] ? merged[a--] : found[b--];
            }
            return size + more;
        }

        @Override
        Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
            result.reset(Vector.Form.LONGS);
            long settled = isOr ? 1 : 0;
            long[] truth = result.longs();
            for (int i = 0; i < count; i++) {
                truth[rows == null ? i : rows[i]] = 1 - settled;
            }
            int @Nullable [] rest = rows;
            int size = count;
            for (VectorExpr operand : operands) {
                Vector values = operand.evaluate(batch, rest, size);
                int kept = 0;
                for (int i = 0; i < size; i++) {
                    int row = rest == null ? i : rest[i];
                    if (values.isNull(row)) {
                        result.setNull(row);
                    } else if (values.longs()[row] == settled) {
                        truth[row] = settled;
                        result.nulls()[row] = false;
                        continue;
                    }
                    open[kept++] = row;
                }
                rest = open;
                size = kept;
            }
            return result;
        }
    }

    /** NOT. */
    static final class Not extends VectorExpr {
        private final VectorExpr operand;
        private final Vector result = vector();

        Not(VectorExpr operand) {
            this.operand = operand;
        }

        @Override
        Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
            Vector values = operand.evaluate(batch, rows, count);
            result.reset(Vector.Form.LONGS);
            copyNulls(values, result, rows, count);
            long[] from = values.longs();
            long[] into = result.longs();
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                into[row] = from[row] ^ 1;
            }
            return result;
        }
    }

    /** IS [NOT] NULL, and IS [NOT] TRUE or FALSE: never null. */
    static final class Is extends VectorExpr {
        private final VectorExpr operand;
        private final int value;
        private final boolean wanted;
        private final Vector result = vector();

        /**
         * A test.
         *
         * @param value 1 for TRUE, 0 for FALSE, -1 for NULL
         * @param wanted false for NOT
         */
        Is(VectorExpr operand, int value, boolean wanted) {
            this.operand = operand;
            this.value = value;
            this.wanted = wanted;
        }

        private boolean holds(Vector values, int row) {
            boolean same = value < 0 ? values.isNull(row) : !values.isNull(row) && values.longs()[row] == value;
            return same == wanted;
        }

        @Override
        int filter(Batch batch, int @Nullable [] rows, int count, int[] into) {
            Vector values = operand.evaluate(batch, rows, count);
            int found = 0;
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                into[found] = row;
                found += holds(values, row) ? 1 : 0;
            }
            return found;
        }

        @Override
        Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
            Vector values = operand.evaluate(batch, rows, count);
            result.reset(Vector.Form.LONGS);
            for (int i = 0; i < count; i++) {
                int row = rows == null ? i : rows[i];
                result.longs()[row] = holds(values, row) ? 1 : 0;
            }
            return result;
        }
    }

    /** CASE: condition, value, condition, value … and perhaps a last value. */
    static final class Case extends VectorExpr {
        private final List<VectorExpr> operands;
        private final Vector.Form form;
        private final Vector result = vector();
        private final int[] chosen = new int[Batch.CAPACITY];
        private final int[] rest = new int[Batch.CAPACITY];

        Case(List<VectorExpr> operands, Vector.Form form) {
            this.operands = operands;
            this.form = form;
        }

        @Override
        Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
            result.reset(form);
            int @Nullable [] some = rows;
            int size = count;
            int last = operands.size() - 1;
            for (int i = 0; i < last && size > 0; i += 2) {
                int found = operands.get(i).filter(batch, some, size, chosen);
                if (found > 0) {
                    copy(operands.get(i + 1).evaluate(batch, chosen, found), result, chosen, found);
                    size = without(some, size, chosen, found, rest);
                    some = rest;
                }
            }
            if (operands.size() % 2 == 1 && size > 0) {
                copy(operands.get(last).evaluate(batch, some, size), result, some, size);
            } else {
                for (int i = 0; i < size; i++) {
                    result.setNull(some == null ? i : some[i]);
                }
            }
            return result;
        }
    }

    /** COALESCE. */
    static final class Coalesce extends VectorExpr {
        private final List<VectorExpr> operands;
        private final Vector.Form form;
        private final Vector result = vector();
        private final int[] found = new int[Batch.CAPACITY];
        private final int[] rest = new int[Batch.CAPACITY];

        Coalesce(List<VectorExpr> operands, Vector.Form form) {
            this.operands = operands;
            this.form = form;
        }

        @Override
        Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
            result.reset(form);
            int @Nullable [] some = rows;
            int size = count;
            for (VectorExpr operand : operands) {
                if (size == 0) {
                    break;
                }
                Vector values = operand.evaluate(batch, some, size);
                int present = present(values, some, size, found);
                copy(values, result, found, present);
                size = without(some, size, found, present, rest);
                some = rest;
            }
            for (int i = 0; i < size; i++) {
                result.setNull(some == null ? i : some[i]);
            }
            return result;
        }
    }

    /** Copies rows into a vector of longs, doubles or objects. */
    private static void copy(Vector from, Vector to, int @Nullable [] rows, int count) {
        VectorExpr.copyNulls(from, to, rows, count);
        switch (to.form()) {
            case LONGS -> {
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    to.longs()[row] = from.longs()[row];
                }
            }
            case DOUBLES -> {
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    to.doubles()[row] = from.doubles()[row];
                }
            }
            case OBJECTS -> {
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    to.objects()[row] = from.ref(row);
                }
            }
            case BYTES, DECIMALS -> throw new IllegalStateException("nothing is copied into " + to.form());
        }
    }
}
