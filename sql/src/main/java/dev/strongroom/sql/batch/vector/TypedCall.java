package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.function.ScalarCode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call of a strict function on typed values, row after row over arrays. */
final class TypedCall extends VectorExpr {
    private final ScalarCode code;
    private final VectorExpr first;
    private final VectorExpr second;
    private final Vector.Form form;
    private final Vector result = vector();
    private final int[] live = new int[Batch.CAPACITY];

    /**
     * A call.
     *
     * @param second the first argument again for functions of one
     */
    TypedCall(ScalarCode code, VectorExpr first, VectorExpr second, PgType type) {
        this.code = code;
        this.first = first;
        this.second = second;
        this.form = Vector.formOf(type);
    }

    @Override
    Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
        Vector a = first.evaluate(batch, rows, count);
        Vector b = second == first ? a : second.evaluate(batch, rows, count);
        result.reset(form);
        copyNulls(a, result, rows, count);
        copyNulls(b, result, rows, count);
        if (result.hasNulls()) {
            call(a, b, live, present(result, rows, count, live));
        } else {
            call(a, b, rows, count);
        }
        return result;
    }

    @SuppressWarnings("unchecked")
    private void call(Vector a, Vector b, int @Nullable [] rows, int count) {
        switch (code) {
            case ScalarCode.LongToLong run -> longs(run, a.longs(), rows, count);
            case ScalarCode.LongsToLong run -> longs(run, a.longs(), b.longs(), rows, count);
            case ScalarCode.DoublesToDouble run -> doubles(run, a.doubles(), b.doubles(), rows, count);
            default -> {
                for (int i = 0; i < count; i++) {
                    int row = rows == null ? i : rows[i];
                    switch (code) {
                        case ScalarCode.LongToDouble run -> result.doubles()[row] = run.call(a.longs()[row]);
                        case ScalarCode.LongToRef run -> result.setRef(row, run.call(a.longs()[row]));
                        case ScalarCode.DoubleToDouble run -> result.doubles()[row] = run.call(a.doubles()[row]);
                        case ScalarCode.DoubleToLong run -> result.longs()[row] = run.call(a.doubles()[row]);
                        case ScalarCode.DoubleToRef run -> result.setRef(row, run.call(a.doubles()[row]));
                        case ScalarCode.DoublesToLong run ->
                            result.longs()[row] = run.call(a.doubles()[row], b.doubles()[row]);
                        case ScalarCode.RefToRef<?> run ->
                            result.setRef(row, ((ScalarCode.RefToRef<Object>) run).call(ref(a, row)));
                        case ScalarCode.RefToLong<?> run ->
                            result.longs()[row] = ((ScalarCode.RefToLong<Object>) run).call(ref(a, row));
                        case ScalarCode.RefToDouble<?> run ->
                            result.doubles()[row] = ((ScalarCode.RefToDouble<Object>) run).call(ref(a, row));
                        case ScalarCode.RefsToRef<?, ?> run ->
                            result.setRef(
                                    row, ((ScalarCode.RefsToRef<Object, Object>) run).call(ref(a, row), ref(b, row)));
                        case ScalarCode.RefsToLong<?, ?> run ->
                            result.longs()[row] =
                                    ((ScalarCode.RefsToLong<Object, Object>) run).call(ref(a, row), ref(b, row));
                        case ScalarCode.LongToLong run -> throw new IllegalStateException(run.toString());
                        case ScalarCode.LongsToLong run -> throw new IllegalStateException(run.toString());
                        case ScalarCode.DoublesToDouble run -> throw new IllegalStateException(run.toString());
                        case ScalarCode.General run -> throw new IllegalStateException(run.toString());
                    }
                }
            }
        }
    }

    private static Object ref(Vector vector, int row) {
        return Objects.requireNonNull(vector.ref(row));
    }

    private void longs(ScalarCode.LongToLong run, long[] x, int @Nullable [] rows, int count) {
        long[] into = result.longs();
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            into[row] = run.call(x[row]);
        }
    }

    private void longs(ScalarCode.LongsToLong run, long[] x, long[] y, int @Nullable [] rows, int count) {
        long[] into = result.longs();
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            into[row] = run.call(x[row], y[row]);
        }
    }

    private void doubles(ScalarCode.DoublesToDouble run, double[] x, double[] y, int @Nullable [] rows, int count) {
        double[] into = result.doubles();
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            into[row] = run.call(x[row], y[row]);
        }
    }
}
