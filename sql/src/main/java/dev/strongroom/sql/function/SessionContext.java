package dev.strongroom.sql.function;

import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What functions may ask of the session they run in. Times are microseconds since 2000-01-01 UTC, as timestamptz holds them.
 * Used by the session's thread only.
 */
public interface SessionContext {
    /** {@code now()}: start of the transaction. */
    long transactionMicros();

    /** {@code statement_timestamp()}. */
    long statementMicros();

    /** {@code clock_timestamp()}. */
    long clockMicros();

    Randomness randomness();

    /** How values read and print. */
    TypeContext typeContext();

    CancelFlag cancel();

    String currentUser();

    String sessionUser();

    /** Name of the current database. */
    String databaseName();

    /** OID of the current database. */
    int databaseOid();

    /** {@code pg_backend_pid()}. */
    int backendPid();

    /** Value of a setting as SHOW prints it, null if there is none of that name. */
    @Nullable
    String setting(String name);

    /** {@code set_config}: returns the value as SHOW prints it. */
    String setSetting(String name, String value, boolean local);

    /** What catalog functions look at. */
    default SystemContext systemContext() {
        throw new DatabaseException(
                ErrorCode.FEATURE_NOT_SUPPORTED, "catalog functions are not supported outside a session");
    }

    /** What currval and lastval return; kept for the session. */
    default SequenceMemory sequenceMemory() {
        throw new DatabaseException(ErrorCode.FEATURE_NOT_SUPPORTED, "sequences are not supported outside a session");
    }

    /** Advisory locks of the session. */
    default AdvisoryLocking advisoryLocks() {
        throw new DatabaseException(
                ErrorCode.FEATURE_NOT_SUPPORTED, "advisory locks are not supported outside a session");
    }

    /** Waits this long; ends early, with its error, when the statement is cancelled. */
    default void sleep(long nanos) {
        throw new DatabaseException(ErrorCode.FEATURE_NOT_SUPPORTED, "sleeping is not supported outside a session");
    }

    /** {@code pg_cancel_backend} and {@code pg_terminate_backend}: false if there is no such session. */
    default boolean signalBackend(int processId, boolean terminate) {
        throw new DatabaseException(ErrorCode.FEATURE_NOT_SUPPORTED, "no sessions are known outside a session");
    }

    /**
     * Rows of {@code sys.describe_parameter_encryption}.
     *
     * @param declared declared parameter types of each statement; elements may be missing or null
     * @param several whether a text may hold several statements
     */
    default List<Row> describeEncryption(
            List<@Nullable String> statements, List<@Nullable String> declared, boolean several) {
        throw new DatabaseException(ErrorCode.FEATURE_NOT_SUPPORTED, "statements are not described outside a session");
    }

    /** Sends a notice to the client. */
    void notice(ErrorReport notice);

    /** Rows of a relation computed from the catalog; not to be changed. */
    List<Row> systemRows(int relationOid);
}
