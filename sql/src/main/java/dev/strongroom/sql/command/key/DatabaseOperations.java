package dev.strongroom.sql.command.key;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.sql.command.AuditedStatement;
import dev.strongroom.sql.parse.statement.BackupStatement;
import dev.strongroom.sql.parse.statement.DatabaseStatement;
import dev.strongroom.sql.parse.statement.EncryptionStatement;
import dev.strongroom.sql.parse.statement.MaintenanceStatement;
import dev.strongroom.sql.parse.statement.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps statements about whole databases out of each other's way (TDE-44 to 46): while a statement about the encryption key
 * runs, no other ALTER DATABASE, backup or restore of that database begins, and the other way round; nothing is restored over a
 * database that is being scanned, and what shrinks or repairs it waits for its end, unless it is in single-user mode
 * (TDE-37). BACKUP LOG goes beside all of these. RESTORE and DROP DATABASE go beside nothing. Thread-safe.
 */
public final class DatabaseOperations {
    private final Function<String, Optional<Integer>> databases;
    private final IntPredicate scanning;
    private final IntPredicate singleUser;
    private final List<Operation> running = new ArrayList<>();

    /**
     * @param databases number of a database by its name in any case
     * @param scanning whether an encryption scan of a database is under way
     * @param singleUser whether only one session may be in a database
     */
    public DatabaseOperations(
            Function<String, Optional<Integer>> databases, IntPredicate scanning, IntPredicate singleUser) {
        this.databases = databases;
        this.scanning = scanning;
        this.singleUser = singleUser;
    }

    private enum Kind {
        KEY,
        ALTER,
        /** ALTER DATABASE … SET OFFLINE or READ_ONLY. */
        CLOSING,
        /** Shrinking and repairing: VACUUM FULL, CLUSTER, REINDEX. */
        MAINTENANCE,
        BACKUP,
        LOG_BACKUP,
        RESTORE,
        DETACH,
        DROP;

        private boolean isAlone() {
            return this == RESTORE || this == DROP || this == DETACH;
        }

        private boolean isHeldOffByKeys() {
            return this != LOG_BACKUP;
        }
    }

    /** @param name as the statement says it; null for the session's database */
    private record Operation(
            Kind kind, int database, @Nullable String name) {
        boolean excludes(Operation other) {
            return database == other.database
                    && (kind.isAlone()
                            || other.kind.isAlone()
                            || kind == Kind.KEY && other.kind.isHeldOffByKeys()
                            || other.kind == Kind.KEY && kind.isHeldOffByKeys());
        }
    }

    /** Runs the action unless something that excludes it is running. */
    public <T> T run(AuditedStatement statement, Supplier<T> action) {
        Optional<Operation> begun = operation(statement);
        begun.ifPresent(this::begin);
        try {
            return action.get();
        } finally {
            begun.ifPresent(this::end);
        }
    }

    private synchronized void begin(Operation wanted) {
        if (running.stream().anyMatch(wanted::excludes)) {
            throw refusal(wanted);
        }
        if (scanning.test(wanted.database)) {
            refuseDuringScan(wanted);
        }
        running.add(wanted);
    }

    private void refuseDuringScan(Operation wanted) {
        String what = switch (wanted.kind) {
            case RESTORE -> "the database cannot be restored";
            case DETACH -> "the database cannot be detached";
            case CLOSING -> "the database cannot be taken offline or made read-only";
            case MAINTENANCE -> singleUser.test(wanted.database) ? null : "the database cannot be maintained";
            case KEY, ALTER, BACKUP, LOG_BACKUP, DROP -> null;
        };
        if (what == null) {
            return;
        }
        ErrorReport report = NumberedError.REFUSED_DURING_SCAN.report(
                what + " while an encryption, decryption, or key change scan is in progress");
        throw (wanted.kind == Kind.MAINTENANCE
                        ? report.withHint("Wait for the end of the scan, or use ALTER DATABASE … SET SINGLE_USER.")
                        : report)
                .exception();
    }

    private synchronized void end(Operation done) {
        running.remove(done);
    }

    private static DatabaseException refusal(Operation wanted) {
        if (wanted.kind != Kind.KEY) {
            return NumberedError.ALTER_DATABASE_LOCK
                    .report("a lock could not be placed on "
                            + (wanted.name == null ? "the database" : "database \"" + wanted.name + "\"")
                            + ": another statement about it is running")
                    .withHint("Try again later.")
                    .exception();
        }
        String why = ": another ALTER DATABASE, a backup, a restore, maintenance or another key statement is running";
        return wanted.name == null
                ? NumberedError.DATABASE_LOCK.exception(
                        "the database encryption statement failed because the database could not be locked" + why)
                : NumberedError.NAMED_DATABASE_LOCK.exception(
                        "the database encryption statement failed because database \"" + wanted.name
                                + "\" could not be locked" + why);
    }

    private Optional<Operation> operation(AuditedStatement audited) {
        Statement statement = audited.statement();
        return switch (statement) {
            case EncryptionStatement key
            when key.database() == null -> Optional.of(new Operation(Kind.KEY, audited.databaseOid(), null));
            case EncryptionStatement key -> named(Kind.KEY, key.database());
            case BackupStatement.Backup backup -> named(kindOf(backup), backup.database());
            case BackupStatement.Restore restore -> named(Kind.RESTORE, restore.database());
            case BackupStatement.Detach detach -> named(Kind.DETACH, detach.database());
            case DatabaseStatement.CreateDatabase ignored -> Optional.empty();
            case DatabaseStatement.DropDatabase drop -> named(Kind.DROP, drop.name());
            case DatabaseStatement.DatabaseMode mode
            when mode.closes() ->
                mode.name() == null
                        ? Optional.of(new Operation(Kind.CLOSING, audited.databaseOid(), null))
                        : named(Kind.CLOSING, mode.name());
            case DatabaseStatement database -> named(Kind.ALTER, AuditedCommands.databaseName(database));
            case MaintenanceStatement maintenance
            when maintenance.rebuilds() -> Optional.of(new Operation(Kind.MAINTENANCE, audited.databaseOid(), null));
            default -> Optional.empty();
        };
    }

    private static Kind kindOf(BackupStatement.Backup backup) {
        if (!backup.log()) {
            return Kind.BACKUP;
        }
        // The database ends with its tail: nothing goes beside that.
        boolean tail =
                backup.options().stream().anyMatch(option -> option.name().equals("NORECOVERY"));
        return tail ? Kind.RESTORE : Kind.LOG_BACKUP;
    }

    private Optional<Operation> named(Kind kind, @Nullable String name) {
        return name == null ? Optional.empty() : databases.apply(name).map(oid -> new Operation(kind, oid, name));
    }
}
