package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import java.util.BitSet;
import java.util.List;

/** Shows one row of a batch to closures: as one row, or as two where the batch holds those of a join side by side. */
public final class RowView {
    private final Frame frame;
    private final Row left;
    private final Row right;
    private final int leftWidth;
    private final int[] slots;

    /**
     * A view for some expressions.
     *
     * @param leftWidth slots of the left row, the batch's width where there is only one
     */
    public RowView(ExecutionContext context, int width, int leftWidth, List<Expr> expressions) {
        this(context, width, leftWidth, VectorCompiler.slots(expressions, leftWidth));
    }

    /** A view that shows some slots of the one row. */
    public RowView(ExecutionContext context, int width, int leftWidth, BitSet shown) {
        this.frame = new Frame(context);
        this.leftWidth = leftWidth;
        this.left = new Row(leftWidth);
        this.right = new Row(width - leftWidth);
        this.slots = shown.stream().toArray();
    }

    /** Columns that expressions over one row read. */
    public static BitSet slots(List<Expr> expressions, int width) {
        return VectorCompiler.slots(expressions, width);
    }

    /** The frame that shows a row of the batch. */
    public Frame show(Batch batch, int row) {
        for (int slot : slots) {
            if (slot < leftWidth) {
                batch.column(slot).copyTo(row, left, slot);
            } else {
                batch.column(slot).copyTo(row, right, slot - leftWidth);
            }
        }
        return right.width() == 0 ? frame.on(left) : frame.on(left, right);
    }

    /** The row last shown. */
    public Row row() {
        return left;
    }
}
