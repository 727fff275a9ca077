package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.pgview.SystemRelations;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.sql.command.KeyStatements;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The SQL engine of one server: opens sessions and holds what they share. Thread-safe. */
public final class SqlEngine implements AutoCloseable {
    /** Microseconds from 1970-01-01 to 2000-01-01. */
    private static final long EPOCH_MICROS = 946_684_800_000_000L;

    private final Parts parts;
    private final AdvisoryLocks advisoryLocks;
    private final PlanCache plans = new PlanCache();
    private final DatabaseGate gate;
    private final Map<Integer, SqlSession> sessions = new ConcurrentHashMap<>();
    private final StatementTimer timer;
    private final String epoch;

    /**
     * What the server gives the engine.
     *
     * @param terminateBackend ends the connection of a process id; false if there is none
     * @param systemIdentifier for the reported setting of that name
     * @param serverVersion value of {@code server_version}
     */
    public record Parts(
            DatabaseDirectory databases,
            SystemRelations systemRelations,
            Clock clock,
            Randomness randomness,
            Scheduler scheduler,
            KeyStatements keyStatements,
            IntPredicate terminateBackend,
            String systemIdentifier,
            String serverVersion) {}

    public SqlEngine(Parts parts) {
        this.parts = parts;
        this.advisoryLocks = new AdvisoryLocks(parts.scheduler());
        this.gate = new DatabaseGate(this);
        this.epoch = Long.toString(parts.clock().epochMicros(), Character.MAX_RADIX);
        this.timer = new StatementTimer(parts.scheduler(), parts.clock());
    }

    /** Ends every session of a database and closes it, while nobody can enter. */
    public void shut(int databaseOid, Runnable close) {
        gate.shut(databaseOid, close);
    }

    DatabaseGate gate() {
        return gate;
    }

    AdvisoryLocks advisoryLocks() {
        return advisoryLocks;
    }

    public Parts parts() {
        return parts;
    }

    PlanCache plans() {
        return plans;
    }

    /** Differs from one start of the server to the next. */
    String epoch() {
        return epoch;
    }

    StatementTimer timer() {
        return timer;
    }

    DatabaseDirectory databases() {
        return parts.databases();
    }

    /** Microseconds since 2000-01-01 UTC. */
    long nowMicros() {
        return parts.clock().epochMicros() - EPOCH_MICROS;
    }

    Collection<SqlSession> sessions() {
        return Collections.unmodifiableCollection(sessions.values());
    }

    @Nullable
    SqlSession session(int processId) {
        return sessions.get(processId);
    }

    int sessionsOf(int databaseOid) {
        int count = 0;
        for (SqlSession session : sessions.values()) {
            count += session.databaseOid() == databaseOid ? 1 : 0;
        }
        return count;
    }

    /**
     * Opens a session for an authenticated user and reports its settings.
     *
     * @throws DatabaseException INVALID_CATALOG_NAME, INSUFFICIENT_PRIVILEGE, TOO_MANY_CONNECTIONS,
     *     INVALID_PARAMETER_VALUE
     */
    public SqlSession open(StartupOptions startup, SessionSink sink) {
        SharedSnapshot shared = databases().shared().head();
        Role role = shared.role(startup.user())
                .orElseThrow(() -> fatal(
                        ErrorCode.INVALID_AUTHORIZATION_SPECIFICATION,
                        "role \"" + startup.user() + "\" does not exist"));
        Catalog catalog = connect(startup.database(), role);
        SqlSession session = new SqlSession(this, catalog, role, startup);
        try {
            gate.enter(session, catalog, () -> sessions.put(startup.processId(), session));
            session.start(sink);
        } catch (DatabaseException e) {
            session.close();
            throw e;
        }
        return session;
    }

    /** Checks that a role may use a database, and opens it. */
    Catalog connect(String name, Role role) {
        SharedSnapshot shared = databases().shared().head();
        DatabaseDefinition database = shared.database(name)
                .orElseThrow(() -> fatal(ErrorCode.INVALID_CATALOG_NAME, "database \"" + name + "\" does not exist"));
        if (!database.allowConnections()) {
            throw fatal(
                    ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "database \"" + name + "\" is not currently accepting connections");
        }
        Catalog catalog = databases().open(database.oid());
        AccessRights rights = new AccessRights(catalog.head(), role.oid());
        if (!rights.has(database, Privilege.CONNECT)) {
            throw ErrorReport.fatal(ErrorCode.INSUFFICIENT_PRIVILEGE, "permission denied for database \"" + name + "\"")
                    .withDetail("User does not have CONNECT privilege.")
                    .exception();
        }
        int limit = database.connectionLimit();
        if (limit >= 0 && !rights.superuser() && sessionsOf(database.oid()) >= limit) {
            throw fatal(ErrorCode.TOO_MANY_CONNECTIONS, "too many connections for database \"" + name + "\"");
        }
        return catalog;
    }

    void forget(SqlSession session) {
        sessions.remove(session.processId(), session);
        gate.left();
    }

    private static DatabaseException fatal(ErrorCode code, String message) {
        return ErrorReport.fatal(code, message).exception();
    }

    @Override
    public void close() {
        timer.close();
    }
}
