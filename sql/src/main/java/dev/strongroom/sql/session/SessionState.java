package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.pgview.ServerState;
import dev.strongroom.common.type.PgType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What system views show of the sessions and settings. */
final class SessionState implements ServerState {
    private final SqlSession session;

    SessionState(SqlSession session) {
        this.session = session;
    }

    @Override
    public long nowMicros() {
        return session.engine().parts().clock().epochMicros();
    }

    @Override
    public List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        for (SettingDefinition definition : SettingTable.all()) {
            boolean number = definition.kind() == SettingDefinition.Kind.INTEGER;
            settings.add(new Setting(
                    definition.name(),
                    session.settings().require(definition.name()),
                    definition.unit().isEmpty() ? null : definition.unit(),
                    "Client Connection Defaults",
                    definition.description(),
                    definition.context().name().toLowerCase(Locale.ROOT),
                    switch (definition.kind()) {
                        case BOOLEAN -> "bool";
                        case INTEGER -> "integer";
                        case REAL -> "real";
                        case TEXT -> "string";
                        case ENUMERATION -> "enum";
                    },
                    "default",
                    number ? Long.toString(definition.minimum()) : null,
                    number ? Long.toString(definition.maximum()) : null,
                    definition.choices(),
                    definition.initial(),
                    definition.initial()));
        }
        return settings;
    }

    @Override
    public List<Activity> activity() {
        List<Activity> list = new ArrayList<>();
        Role me = session.role(session.identity().currentOid());
        for (SqlSession other : session.engine().sessions()) {
            boolean visible = me.superuser()
                    || other.identity().sessionOid() == session.identity().sessionOid();
            boolean active = other.busy();
            boolean waits = other.waitsForLock();
            char status = other.status();
            String state = active
                    ? "active"
                    : status == 'T' ? "idle in transaction" : status == 'E' ? "idle in transaction (aborted)" : "idle";
            list.add(new Activity(
                    other.databaseOid(),
                    other.processId(),
                    other.identity().sessionOid(),
                    String.valueOf(other.settings().show("application_name")),
                    null,
                    -1,
                    other.startedMicros(),
                    status == 'I' && !active ? null : other.transactionMicros(),
                    other.statementMicros(),
                    other.statementMicros(),
                    waits ? "Lock" : active ? null : "Client",
                    waits ? "transactionid" : active ? null : "ClientRead",
                    state,
                    0,
                    visible ? Masking.mask(other.activity()) : "<insufficient privilege>",
                    "client backend",
                    false,
                    null,
                    null,
                    0));
        }
        return list;
    }

    @Override
    public List<Prepared> preparedStatements() {
        List<Prepared> list = new ArrayList<>();
        for (NamedStatement named : session.statements().values()) {
            if (!named.name().isEmpty()) {
                list.add(new Prepared(
                        named.name(),
                        named.text(),
                        session.startedMicros(),
                        named.clientTypes().stream().map(PgType::oid).toList(),
                        named.fromSql()));
            }
        }
        return list;
    }

    /** Those of DECLARE and those a client bound, whose name may be empty. */
    @Override
    public List<Cursor> cursors() {
        List<Cursor> list = new ArrayList<>();
        for (Portal portal : session.portals().values()) {
            list.add(new Cursor(
                    portal.name(),
                    portal.statement().text(),
                    portal.hold(),
                    false,
                    portal.keeps(),
                    session.transactionMicros()));
        }
        return list;
    }
}
