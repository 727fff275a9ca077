package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.statistics.TableStatistics;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Row;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code pg_stat_*}: what is counted is shown, the rest is zero. */
final class StatisticsViews {
    private static final String[] TABLE_COUNTERS = {
        "seq_scan",
        "seq_tup_read",
        "idx_scan",
        "idx_tup_fetch",
        "n_tup_ins",
        "n_tup_upd",
        "n_tup_del",
        "n_tup_hot_upd",
        "n_dead_tup",
        "n_mod_since_analyze",
        "n_ins_since_vacuum",
        "vacuum_count",
        "autovacuum_count",
        "analyze_count",
        "autoanalyze_count"
    };
    private static final String[] TABLE_IO = {"heap_blks_read", "heap_blks_hit", "idx_blks_read", "idx_blks_hit"};
    private static final String[] INDEX_COUNTERS = {"idx_scan", "idx_tup_read", "idx_tup_fetch"};
    private static final String[] DATABASE_COUNTERS = {
        "xact_commit", "xact_rollback", "blks_read", "blks_hit", "tup_returned", "tup_fetched", "tup_inserted",
        "tup_updated", "tup_deleted", "conflicts", "temp_files", "temp_bytes", "deadlocks", "sessions",
        "sessions_abandoned", "sessions_fatal", "sessions_killed"
    };

    private StatisticsViews() {}

    static void register(Registrar registrar) {
        registrar.live("pg_stat_user_tables", (context, row, sink) -> tables(context, row, sink, true));
        registrar.live("pg_stat_all_tables", (context, row, sink) -> tables(context, row, sink, false));
        registrar.live("pg_statio_user_tables", (context, row, sink) -> tableIo(context, row, sink, true));
        registrar.live("pg_statio_all_tables", (context, row, sink) -> tableIo(context, row, sink, false));
        registrar.live("pg_stat_user_indexes", StatisticsViews::indexes);
        registrar.live("pg_stat_all_indexes", StatisticsViews::indexes);
        registrar.live("pg_stat_database", StatisticsViews::databases);
        registrar.live("pg_stats", StatisticsViews::columns);
    }

    private static boolean shown(Relation relation, boolean userOnly, CatalogSnapshot snapshot) {
        boolean system = snapshot.schema(relation.schemaOid()).stream().anyMatch(Schema::system);
        return relation.relkind() == 'r' && !(userOnly && system);
    }

    private static void tables(SystemContext context, RowBuilder row, Consumer<Row> sink, boolean userOnly) {
        CatalogSnapshot snapshot = context.snapshot();
        for (Relation relation : snapshot.relations()) {
            if (shown(relation, userOnly, snapshot)) {
                long rows = relation instanceof TableDefinition table
                        ? RelationSizes.of(context, table).rows()
                        : 0;
                zero(row, TABLE_COUNTERS);
                row.set("relid", relation.oid())
                        .set("schemaname", snapshot.schemaName(relation.schemaOid()))
                        .set("relname", relation.name())
                        .set("n_live_tup", rows)
                        .emit(sink);
            }
        }
    }

    private static void tableIo(SystemContext context, RowBuilder row, Consumer<Row> sink, boolean userOnly) {
        CatalogSnapshot snapshot = context.snapshot();
        for (Relation relation : snapshot.relations()) {
            if (shown(relation, userOnly, snapshot)) {
                zero(row, TABLE_IO);
                row.set("relid", relation.oid())
                        .set("schemaname", snapshot.schemaName(relation.schemaOid()))
                        .set("relname", relation.name())
                        .emit(sink);
            }
        }
    }

    private static void indexes(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        for (Relation relation : snapshot.relations()) {
            if (relation instanceof IndexDefinition index) {
                zero(row, INDEX_COUNTERS);
                row.set("relid", index.tableOid())
                        .set("indexrelid", index.oid())
                        .set("schemaname", snapshot.schemaName(index.schemaOid()))
                        .set(
                                "relname",
                                snapshot.relation(index.tableOid())
                                        .orElseThrow()
                                        .name())
                        .set("indexrelname", index.name())
                        .emit(sink);
            }
        }
    }

    private static void databases(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (DatabaseDefinition database : context.snapshot().shared().databases()) {
            long sessions = context.server().activity().stream()
                    .filter(session -> session.databaseOid() == database.oid())
                    .count();
            zero(row, DATABASE_COUNTERS);
            row.set("datid", database.oid())
                    .set("datname", database.name())
                    .set("numbackends", (int) sessions)
                    .emit(sink);
        }
    }

    /** What ANALYZE found, a row for each column; values as the text of an array. */
    private static void columns(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        for (Relation relation : snapshot.relations()) {
            if (context.statistics() == null || !(relation instanceof TableDefinition table)) {
                continue;
            }
            TableStatistics found = context.statistics().find(table.oid()).orElse(null);
            if (found == null) {
                continue;
            }
            for (Column column : table.liveColumns()) {
                found.column(column.number())
                        .ifPresent(known -> row.set("schemaname", snapshot.schemaName(table.schemaOid()))
                                .set("tablename", table.name())
                                .set("attname", column.name())
                                .set("inherited", false)
                                .set("null_frac", known.nullFraction())
                                .set("avg_width", known.averageWidth())
                                .set("n_distinct", known.distinct())
                                .set("most_common_vals", values(column.pgType(), known.mostCommon()))
                                .set("most_common_freqs", known.frequencies().isEmpty() ? null : known.frequencies())
                                .set("histogram_bounds", values(column.pgType(), known.histogram()))
                                .set("correlation", null)
                                .set("most_common_elems", null)
                                .set("most_common_elem_freqs", null)
                                .set("elem_count_histogram", null)
                                .emit(sink));
            }
        }
    }

    private static @Nullable String values(PgType type, List<Object> values) {
        PgType array = type.arrayType().orElse(null);
        return values.isEmpty() || array == null
                ? null
                : TypeCodecs.of(array).formatBoxed(PgArray.of(type, values.toArray()), TypeContext.DEFAULT);
    }

    private static void zero(RowBuilder row, String[] columns) {
        for (String column : columns) {
            row.set(column, 0L);
        }
    }
}
