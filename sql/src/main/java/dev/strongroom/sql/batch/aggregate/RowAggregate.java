package dev.strongroom.sql.batch.aggregate;

import dev.strongroom.common.value.Row;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.batch.vector.Batch;
import dev.strongroom.sql.batch.vector.RowView;
import dev.strongroom.sql.execute.AggregateCall;
import dev.strongroom.sql.execute.AggregateStep;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import dev.strongroom.sql.execute.GroupState;
import dev.strongroom.sql.execute.SortKey;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Any other aggregate, and any with DISTINCT or an order: the row style's, fed row by row. */
final class RowAggregate extends VectorAggregate {
    private static final int STATE_BYTES = 48;

    private final ExecutionContext context;
    private final AggregateCall call;
    private final AggregateStep step;
    private final RowView view;
    private final List<GroupState> states = new ArrayList<>();
    private final Row result = new Row(1);

    RowAggregate(AggregateCall call, ExecutionContext context, int width) {
        this.context = context;
        this.call = call;
        this.step = new AggregateStep(call);
        List<Expr> read = new ArrayList<>(call.arguments());
        read.addAll(call.direct());
        if (call.filter() != null) {
            read.add(call.filter());
        }
        BitSet slots = RowView.slots(read, width);
        for (SortKey key : call.order()) {
            slots.set(key.slot());
        }
        this.view = new RowView(context, width, width, slots);
    }

    @Override
    public boolean skipsNulls() {
        return false;
    }

    @Override
    void grow(int groups) {}

    @Override
    public void add(Batch batch, @Nullable Vector argument, int @Nullable [] rows, int count, int[] groups) {
        for (int i = 0; i < count; i++) {
            int row = rows == null ? i : rows[i];
            Frame frame = view.show(batch, row);
            while (states.size() <= groups[row]) {
                states.add(step.start(context, view.row()));
            }
            step.add(states.get(groups[row]), frame, view.row());
        }
    }

    @Override
    public void result(int firstGroup, int count, Vector into) {
        into.reset(Vector.formOf(call.result()));
        Frame frame = new Frame(context);
        for (int i = 0; i < count; i++) {
            while (states.size() <= firstGroup + i) {
                states.add(step.start(context, new Row(view.row().width())));
            }
            step.finish(states.get(firstGroup + i), frame, result, 0);
            into.copyFrom(result, 0, i);
        }
    }

    @Override
    public int bytesPerGroup() {
        return STATE_BYTES;
    }
}
