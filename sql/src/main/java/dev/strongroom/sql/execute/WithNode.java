package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * A query with CTEs, each computed at most once and read through {@link RelationScan}. A plain CTE is computed as far as it is
 * read; one that changes data runs to its end before the body starts.
 */
public final class WithNode implements PlanNode {
    /**
     * One CTE.
     *
     * @param changesData it is an INSERT, UPDATE or DELETE
     */
    public record Definition(int id, String name, PlanNode plan, boolean changesData) {}

    private final List<Definition> definitions;
    private final PlanNode body;

    public WithNode(List<Definition> definitions, PlanNode body) {
        this.definitions = List.copyOf(definitions);
        this.body = body;
    }

    @Override
    public int width() {
        return body.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        List<SharedRows> opened = new ArrayList<>();
        for (Definition definition : definitions) {
            SharedRows rows =
                    new SharedRows(new RowStore(context.memory()), new LateCursor(definition.plan(), context));
            opened.add(rows);
            context.putRelation(definition.id(), rows);
            if (definition.changesData()) {
                rows.complete();
            }
        }
        PlanCursor rows = body.open(context);
        return new PlanCursor() {
            @Override
            public boolean next() {
                return rows.next();
            }

            @Override
            public Row row() {
                return rows.row();
            }

            @Override
            public void close() {
                rows.close();
                opened.forEach(SharedRows::close);
            }
        };
    }

    /** The queries kept for the main one, in the order written. */
    public List<Definition> definitions() {
        return definitions;
    }

    /** The plan of the main query, whose kind decides the command tag. */
    public PlanNode body() {
        return body;
    }

    @Override
    public List<PlanNode> inputs() {
        List<PlanNode> inputs = new ArrayList<>();
        definitions.forEach(definition -> inputs.add(definition.plan()));
        inputs.add(body);
        return inputs;
    }

    @Override
    public String explain() {
        return "With";
    }
}
