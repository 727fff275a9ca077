package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodec;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.RecordValue;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.SetCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A select list with set-returning functions: they advance together, and each input row gives as many rows as the longest. */
public final class ProjectSetNode implements PlanNode {
    /** One output column. */
    public sealed interface Item {}

    /** An ordinary expression, repeated in each row. */
    public record Value(Expr expression) implements Item {}

    /** A set-returning function; one of several columns becomes a record. */
    public record Set(FunctionScan.Source source) implements Item {}

    private final PlanNode input;
    private final List<Item> items;

    public ProjectSetNode(PlanNode input, List<Item> items) {
        this.input = input;
        this.items = List.copyOf(items);
    }

    @Override
    public int width() {
        return items.size();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        return new Cursor(context);
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of(input);
    }

    @Override
    public String explain() {
        return "ProjectSet";
    }

    private final class Cursor implements PlanCursor {
        private final ExecutionContext context;
        private final PlanCursor rows;
        private final Frame frame;
        private final Row output = new Row(items.size());
        private final SetCode.@Nullable Rows[] sets = new SetCode.Rows[items.size()];
        private final Row[] parts = new Row[items.size()];
        private boolean active;

        Cursor(ExecutionContext context) {
            this.context = context;
            this.rows = input.open(context);
            this.frame = new Frame(context);
            for (int i = 0; i < parts.length; i++) {
                parts[i] = new Row(
                        items.get(i) instanceof Set(FunctionScan.Source source)
                                ? source.columns().size()
                                : 0);
            }
        }

        @Override
        public boolean next() {
            while (true) {
                context.cancel().check();
                if (!active) {
                    if (!rows.next()) {
                        return false;
                    }
                    start();
                }
                if (advance()) {
                    return true;
                }
                active = false;
            }
        }

        private void start() {
            frame.on(rows.row());
            for (int i = 0; i < sets.length; i++) {
                switch (items.get(i)) {
                    case Value(Expr expression) -> expression.evalInto(frame, output, i);
                    case Set(FunctionScan.Source source) -> sets[i] = source.open(frame);
                }
            }
            active = true;
        }

        private boolean advance() {
            boolean found = false;
            for (int i = 0; i < sets.length; i++) {
                if (!(items.get(i) instanceof Set(FunctionScan.Source source))) {
                    continue;
                }
                SetCode.Rows set = sets[i];
                if (set == null || !set.next(parts[i])) {
                    sets[i] = null;
                    output.setNull(i);
                    continue;
                }
                found = true;
                if (source.columns().size() == 1) {
                    output.copySlot(i, parts[i], 0);
                } else {
                    output.setRef(i, record(source.columns(), parts[i]));
                }
            }
            return found;
        }

        private static RecordValue record(List<PgType> types, Row row) {
            List<@Nullable Object> values = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                TypeCodec codec = TypeCodecs.of(types.get(i));
                values.add(codec.box(row, i));
            }
            return new RecordValue(types, values.toArray());
        }

        @Override
        public Row row() {
            return output;
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
