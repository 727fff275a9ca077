package dev.strongroom.sql.session;

import dev.strongroom.catalog.backup.Connections;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.FixedRoles;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.UserAccess;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.error.Severity;
import dev.strongroom.sql.command.Leaving;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Lets sessions into databases, one at a time, so that a database can be kept for one (SINGLE_USER), for few
 * (RESTRICTED_USER), or closed without anybody slipping in. Thread-safe.
 */
final class DatabaseGate implements Connections {
    private static final long SLICE_NANOS = 100_000_000;
    private static final long SECOND_NANOS = 1_000_000_000;
    /** How long a session whose end was asked for may take to roll back. */
    private static final int ROLLBACK_SECONDS = 120;
    /** How long a session that has hung up may take to be gone. */
    private static final int LEAVING_SECONDS = 5;

    private final SqlEngine engine;
    /** Databases that only one session, or none, may enter: OID to process id, or 0. */
    private final Map<Integer, Integer> held = new HashMap<>();

    DatabaseGate(SqlEngine engine) {
        this.engine = engine;
    }

    /**
     * Lets a session in.
     *
     * @param catalog of the database, opened a moment ago
     * @param register makes it count as one of the database
     * @throws DatabaseException FATAL 924, 923, or 55000 while the database is being taken out of use
     */
    synchronized void enter(SqlSession session, Catalog catalog, Runnable register) {
        int databaseOid = catalog.databaseOid();
        SharedSnapshot shared = engine.databases().shared().head();
        DatabaseDefinition database = shared.database(databaseOid)
                .orElseThrow(() -> ErrorReport.fatal(ErrorCode.INVALID_CATALOG_NAME, "the database no longer exists")
                        .exception());
        Integer holder = held.get(databaseOid);
        boolean closed = engine.databases().open(databaseOid) != catalog;
        if (closed || (holder != null && holder != session.processId())) {
            throw ErrorReport.fatal(
                            ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE,
                            "database \"" + database.name() + "\" is not currently accepting connections")
                    .withDetail("A statement is taking it out of use, or for a single user.")
                    .exception();
        }
        if (database.access() == UserAccess.SINGLE_USER
                && !others(databaseOid, session).isEmpty()) {
            throw refusal(NumberedError.SINGLE_USER.report(
                    "database \"" + database.name() + "\" is already open and can only have one user at a time"));
        }
        if (database.access() == UserAccess.RESTRICTED_USER && !privileged(shared, database, session)) {
            throw refusal(NumberedError.RESTRICTED_USER
                    .report("database \"" + database.name() + "\" is in restricted mode")
                    .withDetail("Only its owner and those who may create databases or control the server can access"
                            + " it."));
        }
        register.run();
    }

    private static DatabaseException refusal(ErrorReport report) {
        return report.withSeverity(Severity.FATAL).exception();
    }

    static boolean privileged(SharedSnapshot shared, DatabaseDefinition database, SqlSession session) {
        int oid = session.identity().currentOid();
        return shared.superuser(oid)
                || oid == database.ownerOid()
                || shared.inherited(oid).contains(database.ownerOid())
                || shared.roles().stream()
                        .filter(role -> role.oid() == oid)
                        .map(Role::attributes)
                        .anyMatch(Role.Attributes::createDatabase)
                || shared.role(FixedRoles.CONTROL_SERVER)
                        .filter(role -> shared.memberOf(oid, role.oid()))
                        .isPresent();
    }

    private List<SqlSession> others(int databaseOid, SqlSession me) {
        return engine.sessions().stream()
                .filter(session -> session != me && session.databaseOid() == databaseOid)
                .toList();
    }

    @Override
    public int of(int databaseOid) {
        return engine.sessionsOf(databaseOid);
    }

    @Override
    public Exclusion exclude(int databaseOid) {
        hold(databaseOid, 0);
        return () -> release(databaseOid, 0);
    }

    /**
     * Ends every session of a database and closes it, while nobody can enter.
     *
     * @throws DatabaseException 5061 if another statement is taking it out of use, or its sessions do not end in time
     */
    void shut(int databaseOid, Runnable close) {
        try (Exclusion _ = exclude(databaseOid)) {
            for (SqlSession session : engine.sessions()) {
                if (session.databaseOid() == databaseOid) {
                    // False: it has just ended by itself.
                    boolean _ = engine.parts().terminateBackend().test(session.processId());
                }
            }
            boolean empty =
                    engine.parts().scheduler().await(this, () -> of(databaseOid) == 0, ROLLBACK_SECONDS * SECOND_NANOS);
            if (!empty) {
                throw NumberedError.ALTER_DATABASE_LOCK.exception(
                        "a lock could not be placed on the database: its sessions do not end");
            }
            close.run();
        }
    }

    private synchronized void hold(int databaseOid, int processId) {
        if (held.putIfAbsent(databaseOid, processId) != null) {
            throw NumberedError.ALTER_DATABASE_LOCK.exception(
                    "a lock could not be placed on the database: another statement is taking it out of use");
        }
    }

    private synchronized void release(int databaseOid, int processId) {
        held.remove(databaseOid, processId);
    }

    /** Opens what a session's statement kept closed. */
    synchronized void release(SqlSession session) {
        held.values().removeIf(holder -> holder == session.processId());
    }

    /**
     * Keeps a database closed to others until {@link #release(SqlSession)}, and makes those leave who may not stay.
     *
     * @param access who may stay besides this session
     * @throws DatabaseException 5061 if they may stay and do
     */
    void empty(SqlSession me, DatabaseDefinition database, UserAccess access, Leaving leaving) {
        hold(database.oid(), me.processId());
        if (!leaving(me, database, access).isEmpty() && leaving.refused()) {
            throw inUse(database);
        }
        BooleanSupplier left = () -> leaving(me, database, access).isEmpty();
        boolean patient = leaving.seconds() < 0;
        if (patient || leaving.seconds() > 0) {
            await(me, left, patient ? Long.MAX_VALUE : leaving.seconds());
        }
        for (SqlSession session : leaving(me, database, access)) {
            // False: it has just ended by itself.
            boolean _ = engine.parts().terminateBackend().test(session.processId());
        }
        await(me, left, ROLLBACK_SECONDS);
        if (!leaving(me, database, access).isEmpty()) {
            throw inUse(database);
        }
    }

    private List<SqlSession> leaving(SqlSession me, DatabaseDefinition database, UserAccess access) {
        SharedSnapshot shared = engine.databases().shared().head();
        return others(database.oid(), me).stream()
                .filter(session -> access == UserAccess.SINGLE_USER || !privileged(shared, database, session))
                .toList();
    }

    /** How many others are in a database, once those that are about to end had time for it. */
    int awaitOthers(SqlSession me, int databaseOid) {
        await(me, () -> others(databaseOid, me).isEmpty(), LEAVING_SECONDS);
        return others(databaseOid, me).size();
    }

    private void await(SqlSession me, BooleanSupplier reached, long seconds) {
        long slices = seconds == Long.MAX_VALUE ? Long.MAX_VALUE : seconds * (SECOND_NANOS / SLICE_NANOS);
        for (long i = 0; i < slices && !reached.getAsBoolean(); i++) {
            me.cancelFlag().check();
            engine.parts()
                    .scheduler()
                    .await(this, () -> me.cancelFlag().isSet() || reached.getAsBoolean(), SLICE_NANOS);
        }
    }

    private static DatabaseException inUse(DatabaseDefinition database) {
        return NumberedError.ALTER_DATABASE_LOCK
                .report("a lock could not be placed on database \"" + database.name() + "\": it is in use")
                .withHint("Use WITH ROLLBACK IMMEDIATE to end the other sessions.")
                .exception();
    }

    /** Tells those who wait for a session to leave. */
    void left() {
        engine.parts().scheduler().signal(this);
    }
}
