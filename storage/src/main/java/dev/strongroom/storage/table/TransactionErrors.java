package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;

/** Errors of concurrent transactions, in PostgreSQL's words. */
public final class TransactionErrors {
    private TransactionErrors() {}

    /** A row changed after the snapshot was taken. */
    public static DatabaseException concurrent(boolean deleted) {
        return new DatabaseException(
                ErrorCode.SERIALIZATION_FAILURE,
                "could not serialize access due to concurrent " + (deleted ? "delete" : "update"));
    }

    /** Commit-time validation of a serializable transaction failed. */
    public static DatabaseException dependencies() {
        return ErrorReport.error(
                        ErrorCode.SERIALIZATION_FAILURE,
                        "could not serialize access due to read/write dependencies among transactions")
                .withHint("The transaction might succeed if retried.")
                .exception();
    }

    public static DatabaseException deadlock() {
        return ErrorReport.error(ErrorCode.DEADLOCK_DETECTED, "deadlock detected")
                .withHint("See server log for query details.")
                .exception();
    }

    /** NOWAIT met a locked row. */
    public static DatabaseException rowLocked(String table) {
        return new DatabaseException(
                ErrorCode.LOCK_NOT_AVAILABLE, "could not obtain lock on row in relation \"" + table + "\"");
    }

    /** NOWAIT met a locked table. */
    public static DatabaseException tableLocked() {
        return new DatabaseException(ErrorCode.LOCK_NOT_AVAILABLE, "could not obtain lock on relation");
    }

    public static DatabaseException lockTimeout() {
        return new DatabaseException(ErrorCode.LOCK_NOT_AVAILABLE, "canceling statement due to lock timeout");
    }

    public static DatabaseException readOnly() {
        return new DatabaseException(
                ErrorCode.READ_ONLY_SQL_TRANSACTION, "cannot change data in a read-only transaction");
    }

    /** Of ALTER DATABASE … SET READ_ONLY. */
    public static DatabaseException databaseReadOnly() {
        return NumberedError.DATABASE_NOT_WRITABLE
                .report("failed to update the database because it is read-only")
                .withHint("Use ALTER DATABASE … SET READ_WRITE.")
                .exception();
    }

    public static DatabaseException ended() {
        return new DatabaseException(ErrorCode.INTERNAL_ERROR, "transaction has already ended");
    }

    /** A sequence that may not cycle is used up. */
    public static DatabaseException sequenceLimit(boolean ascending, long bound) {
        return new DatabaseException(
                ErrorCode.SEQUENCE_GENERATOR_LIMIT_EXCEEDED,
                "nextval: reached %s value of sequence (%d)".formatted(ascending ? "maximum" : "minimum", bound));
    }

    public static DatabaseException noSequence(long sequenceId) {
        return new DatabaseException(ErrorCode.UNDEFINED_OBJECT, "could not open sequence with id " + sequenceId);
    }

    /** More bytes in one row than it can address, large values already moved out. */
    public static DatabaseException rowTooLong(int size) {
        return new DatabaseException(
                ErrorCode.PROGRAM_LIMIT_EXCEEDED, "row is too big: size " + size + ", maximum size 32767");
    }

    public static DatabaseException noTree(long treeId) {
        return new DatabaseException(ErrorCode.UNDEFINED_TABLE, "could not open tree " + treeId);
    }
}
