package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a transient relation: a CTE of an enclosing {@link WithNode}, or the work table of a {@link RecursiveUnion}. */
public final class RelationScan implements PlanNode {
    private final int id;
    private final int width;
    private final String name;

    public RelationScan(int id, int width, String name) {
        this.id = id;
        this.width = width;
        this.name = name;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        SharedRows rows = context.relation(id);
        if (rows == null) {
            throw new IllegalStateException("relation " + name + " has no rows yet");
        }
        return new PlanCursor() {
            private int next;
            private @Nullable Row row;

            @Override
            public boolean next() {
                row = rows.get(next++);
                return row != null;
            }

            @Override
            public Row row() {
                Row current = row;
                if (current == null) {
                    throw new IllegalStateException("no current row");
                }
                return current;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of();
    }

    @Override
    public String explain() {
        return "CTE Scan on " + name;
    }
}
