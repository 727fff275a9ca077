package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Row;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Views of the running server: settings, sessions, locks, prepared statements, time zones. */
final class ServerViews {
    private static final long MICROS_PER_SECOND = 1_000_000;

    private ServerViews() {}

    static void register(Registrar registrar) {
        registrar.live("pg_settings", ServerViews::settings);
        registrar.live("pg_stat_activity", ServerViews::activity);
        registrar.live("pg_stat_ssl", ServerViews::tls);
        registrar.live("pg_locks", ServerViews::locks);
        registrar.live("pg_prepared_statements", ServerViews::prepared);
        registrar.live("pg_cursors", ServerViews::cursors);
        registrar.live("pg_timezone_names", ServerViews::timeZones);
        registrar.catalog(
                "pg_available_extensions",
                (context, row, sink) -> row.set("name", "strongroom")
                        .set("default_version", "1.0")
                        .set("installed_version", "1.0")
                        .set("comment", "transparent data encryption and Always Encrypted")
                        .emit(sink));
        registrar.catalog(
                "pg_available_extension_versions",
                (context, row, sink) -> row.set("name", "strongroom")
                        .set("version", "1.0")
                        .set("installed", true)
                        .set("superuser", true)
                        .set("trusted", false)
                        .set("relocatable", false)
                        .set("schema", "sys")
                        .set("comment", "transparent data encryption and Always Encrypted")
                        .emit(sink));
    }

    private static void settings(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (ServerState.Setting setting : context.server().settings()) {
            row.set("name", setting.name())
                    .set("setting", setting.value())
                    .set("unit", setting.unit())
                    .set("category", setting.category())
                    .set("short_desc", setting.description())
                    .set("context", setting.context())
                    .set("vartype", setting.type())
                    .set("source", setting.source())
                    .set("min_val", setting.minimum())
                    .set("max_val", setting.maximum())
                    .set("enumvals", setting.allowed().isEmpty() ? null : setting.allowed())
                    .set("boot_val", setting.bootValue())
                    .set("reset_val", setting.resetValue())
                    .set("pending_restart", false)
                    .emit(sink);
        }
    }

    private static void activity(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        SharedSnapshot shared = context.snapshot().shared();
        boolean all = shared.superuser(context.currentUserOid())
                || shared.inherited(context.currentUserOid()).contains(3375);
        for (ServerState.Activity session : context.server().activity()) {
            boolean shown = all || shared.inherited(context.currentUserOid()).contains(session.roleOid());
            row.set("datid", session.databaseOid() == 0 ? null : (Integer) session.databaseOid())
                    .set(
                            "datname",
                            shared.database(session.databaseOid())
                                    .map(DatabaseDefinition::name)
                                    .orElse(null))
                    .set("pid", session.processId())
                    .set("usesysid", session.roleOid() == 0 ? null : (Integer) session.roleOid())
                    .set("usename", session.roleOid() == 0 ? null : shared.roleName(session.roleOid()))
                    .set("application_name", session.applicationName())
                    .set("query", shown ? session.query() : "<insufficient privilege>")
                    .set("backend_type", shown ? session.backendType() : null);
            if (shown) {
                row.set("client_addr", session.clientAddress())
                        .set("client_port", session.clientPort())
                        .set("backend_start", session.backendStart())
                        .set("xact_start", session.transactionStart())
                        .set("query_start", session.queryStart())
                        .set("state_change", session.stateChange())
                        .set("wait_event_type", session.waitEventType())
                        .set("wait_event", session.waitEvent())
                        .set("state", session.state())
                        .set("backend_xid", session.transactionId() == 0 ? null : (Long) session.transactionId());
            }
            row.emit(sink);
        }
    }

    private static void tls(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (ServerState.Activity session : context.server().activity()) {
            row.set("pid", session.processId()).set("ssl", session.tls());
            if (session.tls()) {
                row.set("version", session.tlsVersion())
                        .set("cipher", session.tlsCipher())
                        .set("bits", session.tlsBits());
            }
            row.emit(sink);
        }
    }

    private static void locks(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (ServerState.Lock lock : context.server().locks()) {
            row.set("locktype", lock.lockType())
                    .set("database", lock.databaseOid())
                    .set("relation", lock.relationOid() == 0 ? null : (Integer) lock.relationOid())
                    .set("transactionid", lock.transactionId())
                    .set("virtualtransaction", lock.processId() + "/0")
                    .set("pid", lock.processId())
                    .set("mode", lock.mode())
                    .set("granted", lock.granted())
                    .set("fastpath", false)
                    .emit(sink);
        }
    }

    private static void prepared(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (ServerState.Prepared statement : context.server().preparedStatements()) {
            List<Integer> types = new ArrayList<>();
            statement
                    .parameterTypes()
                    .forEach(oid -> types.add(PgType.byOid(oid).map(PgType::oid).orElse(oid)));
            row.set("name", statement.name())
                    .set("statement", statement.statement())
                    .set("prepare_time", statement.prepareTime())
                    .set("parameter_types", types)
                    .set("from_sql", statement.fromSql())
                    .set("generic_plans", 0L)
                    .set("custom_plans", 0L)
                    .emit(sink);
        }
    }

    private static void cursors(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (ServerState.Cursor cursor : context.server().cursors()) {
            row.set("name", cursor.name())
                    .set("statement", cursor.statement())
                    .set("is_holdable", cursor.holdable())
                    .set("is_binary", cursor.binary())
                    .set("is_scrollable", cursor.scrollable())
                    .set("creation_time", cursor.creationTime())
                    .emit(sink);
        }
    }

    private static void timeZones(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Instant now = Instant.ofEpochSecond(context.server().nowMicros() / MICROS_PER_SECOND);
        for (String name : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
            ZoneRules rules = ZoneId.of(name).getRules();
            long offset = rules.getOffset(now).getTotalSeconds();
            boolean summer = rules.isDaylightSavings(now);
            String abbreviation = java.util.TimeZone.getTimeZone(name)
                    .getDisplayName(summer, java.util.TimeZone.SHORT, java.util.Locale.ROOT);
            row.set("name", name)
                    .set("abbrev", abbreviation)
                    .set("utc_offset", new Interval(0, 0, offset * MICROS_PER_SECOND))
                    .set("is_dst", summer)
                    .emit(sink);
        }
    }
}
