package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import org.jspecify.annotations.Nullable;

/** An expression no evaluator exists for: its closure, row by row. */
final class RowVector extends VectorExpr {
    private final Expr expression;
    private final RowView view;
    private final Vector result = vector();

    RowVector(Expr expression, RowView view) {
        this.expression = expression;
        this.view = view;
    }

    @Override
    Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
        result.reset(Vector.formOf(expression.type()));
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            set(expression, view.show(batch, row), result, row);
        }
        return result;
    }

    /** Puts the value of a closure into a vector of its type's form. */
    static void set(Expr expression, Frame frame, Vector into, int row) {
        switch (into.form()) {
            case LONGS -> into.longs()[row] = expression.evalLong(frame);
            case DOUBLES -> into.doubles()[row] = expression.evalDouble(frame);
            case OBJECTS -> into.objects()[row] = expression.evalRef(frame);
            case BYTES, DECIMALS -> throw new IllegalStateException("closures give no " + into.form());
        }
        if (frame.isNull()) {
            into.setNull(row);
        }
    }
}
