package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** New columns computed from those of a batch; plain columns are only passed on. Belongs to one execution. */
public final class Projection {
    private final List<Expr> closures;
    private final RowView view;
    /** Input column that is passed on, or -1. */
    private final int[] sources;

    private final @Nullable VectorExpr[] computed;
    private final @Nullable Vector[] values;
    private final @Nullable Vector[] byRow;
    private final Batch output;
    private @Nullable Batch input;

    public Projection(ExecutionContext context, int width, List<Expr> closures) {
        this.closures = List.copyOf(closures);
        this.view = new RowView(context, width, width, closures);
        this.sources = new int[closures.size()];
        this.computed = new VectorExpr[closures.size()];
        this.values = new Vector[closures.size()];
        this.byRow = new Vector[closures.size()];
        VectorCompiler compiler = new VectorCompiler(context, width, width);
        for (int i = 0; i < sources.length; i++) {
            Expr closure = closures.get(i);
            while (closure.shape() instanceof Shape.Same same) {
                closure = same.operand();
            }
            sources[i] = closure.shape() instanceof Shape.Slot slot ? slot.slot() : -1;
            if (sources[i] < 0) {
                computed[i] = compiler.compile(closure);
            }
        }
        output = new Batch(sources.length, this::load);
    }

    /** The batch of new columns. */
    public Batch output() {
        return output;
    }

    /**
     * Computes the new columns for the rows that count.
     *
     * @return null, or the error that a row meets; then only rows before it count in the output
     */
    public @Nullable DatabaseException apply(Batch batch) {
        input = batch;
        output.begin(batch.rows(), batch.count());
        try {
            for (int i = 0; i < sources.length; i++) {
                VectorExpr expression = computed[i];
                if (expression != null) {
                    values[i] = expression.evaluate(batch, batch.rows(), batch.count());
                }
            }
            return null;
        } catch (DatabaseException e) {
            return applyByRow(batch);
        }
    }

    private @Nullable DatabaseException applyByRow(Batch batch) {
        for (int i = 0; i < sources.length; i++) {
            if (sources[i] < 0) {
                byRow[i] = new Vector(Batch.CAPACITY)
                        .reset(Vector.formOf(closures.get(i).type()));
            }
        }
        for (int i = 0; i < batch.count(); i++) {
            int row = batch.row(i);
            try {
                view.show(batch, row);
                for (int j = 0; j < sources.length; j++) {
                    Vector into = byRow[j];
                    if (into != null) {
                        RowVector.set(closures.get(j), view.show(batch, row), into, row);
                    }
                }
            } catch (DatabaseException e) {
                System.arraycopy(byRow, 0, values, 0, values.length);
                output.begin(batch.rows(), i);
                return e;
            }
        }
        System.arraycopy(byRow, 0, values, 0, values.length);
        return null;
    }

    private Vector load(int slot, int @Nullable [] rows, int count) {
        Batch from = input;
        Vector value = values[slot];
        if (sources[slot] >= 0 && from != null) {
            from.select(rows, count);
            return from.column(sources[slot]);
        }
        if (value == null) {
            throw new IllegalStateException("column " + slot + " was not computed");
        }
        return value;
    }
}
