package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.common.value.Row;
import java.util.function.Consumer;

/** A system relation written as a function that fills rows by column name. */
public record ComputedRelation(SystemTable table, boolean cacheable, Source source) implements SystemRelation {
    /** Computes the rows. */
    @FunctionalInterface
    public interface Source {
        /**
         * Hands out the rows.
         *
         * @param row filled and emitted once for each row
         */
        void rows(SystemContext context, RowBuilder row, Consumer<Row> sink);
    }

    /** No rows, ever: features this server does not have. */
    static ComputedRelation empty(SystemTable table) {
        return new ComputedRelation(table, true, (context, row, sink) -> {});
    }

    /** The rows of a resource file. */
    static ComputedRelation builtin(SystemTable table, ResourceTable rows) {
        return new ComputedRelation(table, true, (context, row, sink) -> emitAll(rows, row, sink));
    }

    /** Emits every row of a resource file. */
    static void emitAll(ResourceTable rows, RowBuilder row, Consumer<Row> sink) {
        rows.rows().forEach(values -> {
            rows.constants().forEach(row::setParsed);
            for (int i = 0; i < values.size(); i++) {
                row.setParsed(rows.columns().get(i), values.get(i));
            }
            row.emit(sink);
        });
    }

    @Override
    public void rows(SystemContext context, Consumer<Row> sink) {
        source.rows(context, new RowBuilder(table), sink);
    }
}
