package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.Sequences;
import java.util.function.Consumer;

/** The views that put one line of text to each object: {@code pg_tables}, {@code pg_views}, {@code pg_indexes}, … */
final class SummaryViews {
    private SummaryViews() {}

    static void register(Registrar registrar) {
        registrar.catalog("pg_tables", SummaryViews::tables);
        registrar.live("pg_views", SummaryViews::views);
        registrar.live("pg_indexes", SummaryViews::indexes);
        registrar.live("pg_sequences", SummaryViews::sequences);
    }

    private static void tables(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        for (Relation table : snapshot.relations()) {
            if (table.relkind() == 'r') {
                boolean triggers = !snapshot.referencing(table.oid()).isEmpty()
                        || snapshot.constraints(table.oid()).stream().anyMatch(c -> c.contype() == 'f');
                row.set("schemaname", snapshot.schemaName(table.schemaOid()))
                        .set("tablename", table.name())
                        .set("tableowner", snapshot.shared().roleName(table.ownerOid()))
                        .set("hasindexes", !snapshot.indexes(table.oid()).isEmpty())
                        .set("hasrules", false)
                        .set("hastriggers", triggers)
                        .set("rowsecurity", false)
                        .emit(sink);
            }
        }
    }

    private static void views(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        Definitions definitions = new Definitions(snapshot, context.path());
        for (Relation view : snapshot.relations()) {
            if (view.relkind() == 'v') {
                row.set("schemaname", snapshot.schemaName(view.schemaOid()))
                        .set("viewname", view.name())
                        .set("viewowner", snapshot.shared().roleName(view.ownerOid()))
                        .set("definition", view instanceof ViewDefinition own ? definitions.view(own) : null)
                        .emit(sink);
            }
        }
    }

    private static void indexes(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        Definitions definitions = new Definitions(snapshot, context.path());
        for (Relation relation : snapshot.relations()) {
            if (relation instanceof IndexDefinition index) {
                row.set("schemaname", snapshot.schemaName(index.schemaOid()))
                        .set(
                                "tablename",
                                snapshot.relation(index.tableOid())
                                        .orElseThrow()
                                        .name())
                        .set("indexname", index.name())
                        .set("indexdef", definitions.index(index))
                        .emit(sink);
            }
        }
    }

    private static void sequences(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        for (Relation relation : snapshot.relations()) {
            if (relation instanceof SequenceDefinition sequence) {
                Sequences.State state = context.storage().sequences().state(sequence.sequenceId());
                row.set("schemaname", snapshot.schemaName(sequence.schemaOid()))
                        .set("sequencename", sequence.name())
                        .set("sequenceowner", snapshot.shared().roleName(sequence.ownerOid()))
                        .set("data_type", sequence.dataType().oid())
                        .set("start_value", sequence.layout().start())
                        .set("min_value", sequence.layout().minimum())
                        .set("max_value", sequence.layout().maximum())
                        .set("increment_by", sequence.layout().increment())
                        .set("cycle", sequence.layout().cycle())
                        .set("cache_size", sequence.cache())
                        .set("last_value", state.called() ? (Long) state.lastValue() : null)
                        .emit(sink);
            }
        }
    }
}
