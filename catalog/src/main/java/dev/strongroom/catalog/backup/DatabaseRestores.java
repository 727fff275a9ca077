package dev.strongroom.catalog.backup;

import dev.strongroom.catalog.key.BackupKeys;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.UserAccess;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.backup.BackupCheck;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupManifest;
import dev.strongroom.storage.backup.ChunkReader;
import dev.strongroom.storage.backup.MediaReader;
import dev.strongroom.storage.backup.RestoreDirectory;
import dev.strongroom.storage.boot.BackupFacts;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.boot.EncryptionFacts;
import dev.strongroom.storage.database.NewKey;
import dev.strongroom.storage.database.RestoreEnd;
import dev.strongroom.storage.recovery.StopPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** RESTORE DATABASE and RESTORE LOG. Stateless. */
public final class DatabaseRestores {
    private final BackupServices services;

    DatabaseRestores(BackupServices services) {
        this.services = services;
    }

    /** Restores one backup set, or ends a restore. */
    public void run(BackupRequest request, RestoreWish wish) {
        String what = wish.log() ? "RESTORE LOG" : "RESTORE DATABASE";
        Optional<DatabaseDefinition> existing = request.keys().shared().databaseInAnyCase(wish.database());
        existing.ifPresentOrElse(
                database -> request.requireRestore(what, database), () -> request.requireRestore(what));
        existing.ifPresent(DatabaseRestores::refuseSystem);
        if (wish.devices().isEmpty()) {
            DatabaseDefinition database = existing.orElseThrow(() ->
                    NumberedError.DATABASE_NOT_FOUND.exception("database \"" + wish.database() + "\" does not exist"));
            recover(request, wish, database);
            return;
        }
        long start = services.keys().clock().epochMicros();
        try (MediaReader media = services.open(wish.devices())) {
            MediaReader.BackupSet set = media.set(wish.file());
            BackupDescription description = set.description();
            requireKind(wish, media, description);
            if (description.boot().databaseId() <= DatabaseDefinition.MSDB) {
                throw offlineOnly("a backup of a system database");
            }
            requireGenuine(request, wish, set.manifest(), media, existing.orElse(null));
            if (description.kind() == BackupKind.DATABASE) {
                full(request, wish, media, set, existing.orElse(null));
            } else {
                onTop(request, wish, media, set, existing.orElseThrow(RestoreDirectory::notReady));
            }
            services.history()
                    .add(new HistoryEntry.Restore(
                            services.keys().clock().epochMicros(),
                            wish.database(),
                            request.userName(),
                            description.setUuid(),
                            description.kind().letter(),
                            wish.replace(),
                            wish.recovery(),
                            wish.stop() instanceof StopPoint.Time time ? time.epochMicros() : 0,
                            wish.stop() instanceof StopPoint.Mark mark ? mark.name() : "",
                            wish.stop() instanceof StopPoint.Mark mark && mark.before()));
            long logBytes = description.range().lastLsn() - description.range().firstLsn();
            long micros = services.keys().clock().epochMicros() - start;
            BackupMessages.done(
                    request,
                    what,
                    new BackupMessages.Volume(wish.database(), wish.file(), description.pages(), logBytes, micros));
        }
    }

    /** RESTORE HEADERONLY and its kin: opens media to look at. Needs no key (TDE-330). */
    public MediaReader inspect(BackupRequest request, String what, List<String> devices) {
        request.requireRestore(what);
        return services.open(devices);
    }

    /** RESTORE VERIFYONLY (TDE-331): with the keys here, every page and log frame; without, structure and signature. */
    public void verify(BackupRequest request, List<String> devices, int file) {
        request.requireRestore("RESTORE VERIFYONLY");
        try (MediaReader media = services.open(devices)) {
            MediaReader.BackupSet set = media.set(file);
            BackupDescription description = set.description();
            services.keys().backupKeys().doubt(set.manifest(), List.of()).ifPresent(why -> {
                throw notGenuine(media, why);
            });
            List<WrappedDek> needed = new ArrayList<>(description.keys());
            WrappedDek own = description.sealing().key();
            if (own != null) {
                needed.add(own);
            }
            Set<String> missing = services.keys().backupKeys().missing(needed);
            if (!missing.isEmpty()) {
                request.keys()
                        .notices()
                        .accept(ErrorReport.notice("pages and log were not opened, because certificates are not here: "
                                + String.join(", ", missing)));
                try (ChunkReader chunks = new ChunkReader(media, set, null)) {
                    check(set, null).run(chunks, BackupMessages.progress(request));
                }
            } else {
                try (DatabaseKeys keys = services.keys().backupKeys().open(description.keys());
                        Stream stream = stream(request, description, keys);
                        ChunkReader chunks = new ChunkReader(media, set, stream.key)) {
                    check(set, keys).run(chunks, BackupMessages.progress(request));
                }
            }
        }
        request.tell(3262, "The backup set on file " + file + " is valid.");
    }

    private BackupCheck check(MediaReader.BackupSet set, @Nullable DatabaseKeys keys) {
        return new BackupCheck(set, keys, services.keys().randomness());
    }

    private static void refuseSystem(DatabaseDefinition database) {
        if (database.oid() == DatabaseDefinition.TEMPDB) {
            throw NumberedError.TEMPDB_BACKUP.exception(
                    "backup and restore operations are not allowed on database tempdb");
        }
        if (database.system()) {
            throw offlineOnly("the system database \"" + database.name() + "\"");
        }
    }

    /** 3108: what SQL Server answers outside single-user mode. */
    private static DatabaseException offlineOnly(String what) {
        return NumberedError.MASTER_SINGLE_USER
                .report(what + " cannot be restored while the server runs")
                .withHint("Stop the server and use: strongroom restore-system --data DIR --from FILE")
                .exception();
    }

    private static void requireKind(RestoreWish wish, MediaReader media, BackupDescription description) {
        boolean log = description.kind() == BackupKind.LOG;
        if (log != wish.log()) {
            throw NumberedError.BACKUP_SET_KIND.exception("the backup set in file \""
                    + media.families().getFirst().path() + "\" was created by "
                    + (log ? "BACKUP LOG" : "BACKUP DATABASE") + " and cannot be used for this restore operation");
        }
    }

    /**
     * TDE-518: what the certificate signed is what is here. CONTINUE_AFTER_ERROR makes a warning of it: someone may have
     * nothing else left.
     */
    private void requireGenuine(
            BackupRequest request,
            RestoreWish wish,
            BackupManifest manifest,
            MediaReader media,
            @Nullable DatabaseDefinition existing) {
        boolean full = manifest.description().kind() == BackupKind.DATABASE;
        List<WrappedDek> known = full || existing == null
                ? List.of()
                : services.databases()
                        .waiting(existing.oid())
                        .map(boot -> boot.encryption().keys())
                        .orElse(List.of());
        services.keys().backupKeys().doubt(manifest, known).ifPresent(why -> {
            DatabaseException refusal = notGenuine(media, why);
            if (!wish.unproven()) {
                throw refusal;
            }
            request.keys()
                    .notices()
                    .accept(ErrorReport.warning(
                                    ErrorCode.WARNING, refusal.report().message())
                            .withRoutine("MSSQL3189"));
        });
    }

    private static DatabaseException notGenuine(MediaReader media, String why) {
        return NumberedError.BACKUP_SET_DAMAGED
                .report("damage to the backup set was detected: the manifest on device \""
                        + media.families().getFirst().path() + "\" proves nothing: " + why)
                .withHint("Someone may have changed the backup. WITH CONTINUE_AFTER_ERROR restores it nevertheless.")
                .exception();
    }

    // ---- a full backup

    private void full(
            BackupRequest request,
            RestoreWish wish,
            MediaReader media,
            MediaReader.BackupSet set,
            @Nullable DatabaseDefinition existing) {
        BackupDescription description = set.description();
        if (existing != null) {
            requireReplaceable(request, wish, description, existing);
        }
        if (wish.rekey() && description.boot().encryption().newestKey() == null) {
            throw nothingToRekey();
        }
        BackupKeys backupKeys = services.keys().backupKeys();
        int oid = services.databases().allocateOid();
        boolean done = false;
        try (DatabaseKeys keys = backupKeys.open(description.keys());
                Stream stream = stream(request, description, keys);
                ChunkReader chunks = new ChunkReader(media, set, stream.key)) {
            services.databases()
                    .restoreDirectory(oid, true)
                    .layFull(set.manifest(), chunks, keys, BackupMessages.progress(request));
            backupKeys.commit(oid, keys, description.keys());
            finish(request, wish, oid);
            takePlace(request, existing, definition(request, wish, existing, oid));
            done = true;
        } finally {
            if (!done) {
                services.databases().remove(oid);
            }
        }
        if (existing != null) {
            services.databases().remove(existing.oid());
        }
    }

    /** The name changes hands; nobody slips into the old database meanwhile. */
    private void takePlace(BackupRequest request, @Nullable DatabaseDefinition existing, DatabaseDefinition next) {
        if (existing == null) {
            services.databases().change(null, next);
            return;
        }
        try (Connections.Exclusion _ = request.connections().exclude(existing.oid())) {
            DatabaseBackups.refuseInUse(request, existing);
            services.databases().close(existing.oid());
            services.databases().change(existing, next);
        }
    }

    private DatabaseDefinition definition(
            BackupRequest request, RestoreWish wish, @Nullable DatabaseDefinition existing, int oid) {
        if (existing == null) {
            return DatabaseDefinition.of(oid, wish.database(), request.keys().userOid())
                    .createdAt(services.keys().clock().epochMicros())
                    .withAccess(wish.restricted() ? UserAccess.RESTRICTED_USER : UserAccess.MULTI_USER);
        }
        return wish.restricted()
                ? existing.numbered(oid).withAccess(UserAccess.RESTRICTED_USER)
                : existing.numbered(oid);
    }

    /** What is there may go if the user says so, or if it is the same database and nothing of it would be lost. */
    private void requireReplaceable(
            BackupRequest request, RestoreWish wish, BackupDescription description, DatabaseDefinition existing) {
        if (request.keys().databaseOid() == existing.oid()) {
            throw NumberedError.RESTORE_IN_USE_BY_SESSION
                    .report("RESTORE cannot process database \"" + existing.name()
                            + "\" because it is in use by this session")
                    .withHint("It is recommended that the master database be used when performing this operation.")
                    .exception();
        }
        DatabaseBackups.refuseInUse(request, existing);
        if (wish.replace() || services.databases().waiting(existing.oid()).isPresent()) {
            return;
        }
        BootRecord boot = services.databases()
                .source(existing.oid())
                .map(source -> source.boot().current())
                .orElseThrow(() -> otherDatabase(existing));
        if (!Arrays.equals(boot.databaseUuid(), description.boot().databaseUuid())) {
            throw otherDatabase(existing);
        }
        if (boot.backup().recoveryModel() == BackupFacts.FULL) {
            throw NumberedError.TAIL_NOT_BACKED_UP
                    .report("the tail of the log for the database \"" + existing.name() + "\" has not been backed up")
                    .withHint("Use BACKUP LOG WITH NORECOVERY to back up the log if it contains work you do not want to"
                            + " lose. Use WITH REPLACE to overwrite it.")
                    .exception();
        }
    }

    private static DatabaseException otherDatabase(DatabaseDefinition existing) {
        return NumberedError.BACKUP_OF_OTHER_DATABASE
                .report("the backup set holds a backup of a database other than the existing \"" + existing.name()
                        + "\" database")
                .withHint("Use WITH REPLACE to overwrite it.")
                .exception();
    }

    // ---- on top of one

    private void onTop(
            BackupRequest request,
            RestoreWish wish,
            MediaReader media,
            MediaReader.BackupSet set,
            DatabaseDefinition database) {
        int oid = database.oid();
        BackupDescription description = set.description();
        if (services.databases().waiting(oid).isEmpty()) {
            throw RestoreDirectory.notReady();
        }
        BackupKeys backupKeys = services.keys().backupKeys();
        try (DatabaseKeys keys = backupKeys.open(description.keys());
                Stream stream = stream(request, description, keys);
                ChunkReader chunks = new ChunkReader(media, set, stream.key)) {
            Runnable commitKeys = () -> backupKeys.commit(oid, keys, description.keys());
            RestoreDirectory directory = services.databases().restoreDirectory(oid, false);
            if (description.kind() == BackupKind.LOG) {
                directory.layLog(set.manifest(), chunks, commitKeys, BackupMessages.progress(request));
            } else {
                directory.layDifferential(set.manifest(), chunks, keys, commitKeys, BackupMessages.progress(request));
            }
        }
        finish(request, wish, oid);
    }

    private void recover(BackupRequest request, RestoreWish wish, DatabaseDefinition database) {
        if (services.databases().waiting(database.oid()).isEmpty()) {
            throw RestoreDirectory.notReady();
        }
        finish(request, wish, database.oid());
        request.tell(
                3014,
                (wish.log() ? "RESTORE LOG" : "RESTORE DATABASE") + " successfully processed 0 pages in 0.001 seconds"
                        + " (0.000 MB/sec).");
    }

    /** Recovers the database, if that is wanted and there is enough log. */
    private void finish(BackupRequest request, RestoreWish wish, int oid) {
        if (!wish.recovery()) {
            return;
        }
        NewKey own = wish.rekey() ? ownKey(oid) : null;
        try {
            services.databases().recoverRestored(oid, new RestoreEnd(wish.stop(), own));
        } catch (RestoreEnd.NotReached notReached) {
            request.tell(
                    4338,
                    "This log does not reach the designated point in time. The database is being left in the restoring"
                            + " state so that more roll forward can be performed.");
        }
    }

    private NewKey ownKey(int oid) {
        EncryptionFacts facts =
                services.databases().waiting(oid).map(BootRecord::encryption).orElse(EncryptionFacts.NONE);
        WrappedDek newest = facts.newestKey();
        if (newest == null) {
            throw nothingToRekey();
        }
        int number = Math.max(facts.lastVersion(), newest.keyVersion()) + 1;
        return services.keys().backupKeys().own(oid, number, newest);
    }

    private static DatabaseException nothingToRekey() {
        return NumberedError.NO_DATABASE_KEY.exception(
                "REKEY is for encrypted databases, and this backup is of one without a database encryption key");
    }

    // ---- keys

    /** The key of the chunks, if they are sealed; closed if it is the backup's own. */
    private record Stream(@Nullable KeyVersion key, boolean owned) implements AutoCloseable {
        @Override
        public void close() {
            if (owned && key != null) {
                key.close();
            }
        }
    }

    private Stream stream(BackupRequest request, BackupDescription description, DatabaseKeys keys) {
        WrappedDek wrapped = description.sealing().key();
        if (wrapped == null) {
            return new Stream(null, false);
        }
        if (!description.hasOwnKey()) {
            return new Stream(keys.require(wrapped.keyVersion()), false);
        }
        services.keys().backupKeys().requireVisible(request.keys(), wrapped.thumbprint());
        return new Stream(services.keys().backupKeys().openOne(wrapped), true);
    }
}
