package dev.strongroom.catalog.pgview;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What system views show of the running server; implemented above the catalog. */
public interface ServerState {
    /** A server that shows nothing. */
    ServerState NONE = new ServerState() {};

    /** A run-time setting ({@code pg_settings}). */
    record Setting(
            String name,
            String value,
            @Nullable String unit,
            String category,
            String description,
            String context,
            String type,
            String source,
            @Nullable String minimum,
            @Nullable String maximum,
            List<String> allowed,
            @Nullable String bootValue,
            @Nullable String resetValue) {}

    /**
     * A session ({@code pg_stat_activity}). Times are microseconds since 2000-01-01 UTC, null where there is none.
     */
    record Activity(
            int databaseOid,
            int processId,
            int roleOid,
            String applicationName,
            @Nullable String clientAddress,
            int clientPort,
            @Nullable Long backendStart,
            @Nullable Long transactionStart,
            @Nullable Long queryStart,
            @Nullable Long stateChange,
            @Nullable String waitEventType,
            @Nullable String waitEvent,
            @Nullable String state,
            long transactionId,
            String query,
            String backendType,
            boolean tls,
            @Nullable String tlsVersion,
            @Nullable String tlsCipher,
            int tlsBits) {}

    /** A lock held or awaited ({@code pg_locks}). */
    record Lock(
            String lockType,
            int databaseOid,
            int relationOid,
            @Nullable Long transactionId,
            int processId,
            String mode,
            boolean granted) {}

    /** A prepared statement of the session. */
    record Prepared(String name, String statement, long prepareTime, List<Integer> parameterTypes, boolean fromSql) {}

    /** A cursor of the session. */
    record Cursor(
            String name, String statement, boolean holdable, boolean binary, boolean scrollable, long creationTime) {}

    /** The clock: microseconds since 1970-01-01 UTC. */
    default long nowMicros() {
        return 0;
    }

    default List<Setting> settings() {
        return List.of();
    }

    default List<Activity> activity() {
        return List.of();
    }

    default List<Lock> locks() {
        return List.of();
    }

    default List<Prepared> preparedStatements() {
        return List.of();
    }

    default List<Cursor> cursors() {
        return List.of();
    }
}
