package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition over batches: keeps the rows for which it is true. Conjuncts run one after the other, each on what the one before
 * left, so that columns only later ones read are loaded for few rows. Belongs to one execution.
 */
public final class Condition {
    private final Expr closure;
    private final RowView view;
    private final List<VectorExpr> conjuncts = new ArrayList<>();
    private final List<int[]> selections = new ArrayList<>();

    /**
     * A condition.
     *
     * @param leftWidth columns of the left row where the batch holds two rows side by side, else the width
     */
    public Condition(ExecutionContext context, int width, int leftWidth, Expr closure) {
        this.closure = closure;
        this.view = new RowView(context, width, leftWidth, List.of(closure));
        VectorCompiler compiler = new VectorCompiler(context, width, leftWidth);
        List<Expr> parts = closure.shape() instanceof Shape.And and ? and.operands() : List.of(closure);
        for (Expr part : parts) {
            conjuncts.add(compiler.compile(part));
            selections.add(new int[Batch.CAPACITY]);
        }
    }

    /** Whether an expression may run in batches. */
    public static boolean supports(@Nullable Expr expression) {
        return expression == null || VectorCompiler.supports(expression);
    }

    /**
     * Keeps the rows for which the condition is true.
     *
     * @return null, or the error that the first of the other rows meets; then only rows before it are kept
     */
    public @Nullable DatabaseException apply(Batch batch) {
        int[] rows = batch.rows();
        int count = batch.count();
        try {
            for (int i = 0; i < conjuncts.size() && batch.count() > 0; i++) {
                int[] into = selections.get(i);
                batch.select(into, conjuncts.get(i).filter(batch, batch.rows(), batch.count(), into));
            }
            return null;
        } catch (DatabaseException e) {
            batch.select(rows, count);
            return applyByRow(batch);
        }
    }

    private @Nullable DatabaseException applyByRow(Batch batch) {
        int[] into = new int[Batch.CAPACITY];
        int found = 0;
        DatabaseException failure = null;
        for (int i = 0; i < batch.count() && failure == null; i++) {
            int row = batch.row(i);
            try {
                if (closure.isTrue(view.show(batch, row))) {
                    into[found++] = row;
                }
            } catch (DatabaseException e) {
                failure = e;
            }
        }
        batch.select(into, found);
        return failure;
    }
}
