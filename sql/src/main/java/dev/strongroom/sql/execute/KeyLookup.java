package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads at most one row by its whole primary key. */
public final class KeyLookup implements PlanNode {
    private final TableLayout layout;
    private final RowMapping mapping;
    private final Expr[] key;
    private final @Nullable Expr filter;

    /**
     * A lookup.
     *
     * @param key values of all primary key columns, of their types
     * @param filter condition on the output row
     */
    public KeyLookup(TableLayout layout, RowMapping mapping, List<Expr> key, @Nullable Expr filter) {
        this.layout = layout;
        this.mapping = mapping;
        this.key = key.toArray(Expr[]::new);
        this.filter = filter;
    }

    @Override
    public int width() {
        return mapping.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        return new Single(context);
    }

    @Override
    public boolean atMostOneRow() {
        return true;
    }

    @Override
    public boolean isShort() {
        return true;
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of();
    }

    @Override
    public String explain() {
        return "Index Scan using " + layout.primaryKeyName() + " on " + layout.name();
    }

    private final class Single implements PlanCursor {
        private final ExecutionContext context;
        private boolean done;
        private Row output = NO_ROW;

        Single(ExecutionContext context) {
            this.context = context;
        }

        @Override
        public boolean next() {
            if (done) {
                return false;
            }
            done = true;
            Table table = context.database().table(layout);
            Frame frame = new Frame(context);
            Row values = new Row(key.length);
            for (int i = 0; i < key.length; i++) {
                key[i].evalInto(frame, values, i);
                if (values.isNull(i)) {
                    return false;
                }
            }
            byte[] encoded = table.keyWriter(0).prefix(values, key.length);
            Row stored = mapping.storedRow();
            long version = table.get(context.transaction(), encoded, stored, mapping.loaded());
            if (version < 0) {
                return false;
            }
            output = mapping.outputRow(stored);
            mapping.map(stored, output, encoded, version);
            return filter == null || filter.isTrue(frame.on(output));
        }

        @Override
        public Row row() {
            return output;
        }

        @Override
        public void close() {
            done = true;
        }
    }

    private static final Row NO_ROW = new Row(0);
}
