package dev.strongroom.catalog.backup;

import dev.strongroom.catalog.key.BackupKeys;
import dev.strongroom.catalog.key.DatabaseKeys;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupManifest;
import dev.strongroom.storage.backup.BackupOrder;
import dev.strongroom.storage.backup.BackupSource;
import dev.strongroom.storage.backup.DatabaseBackup;
import dev.strongroom.storage.backup.MediaHeader;
import dev.strongroom.storage.backup.MediaReader;
import dev.strongroom.storage.backup.MediaWriter;
import dev.strongroom.storage.boot.BackupFacts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** BACKUP DATABASE and BACKUP LOG. Stateless. */
public final class DatabaseBackups {
    private final BackupServices services;
    /** Files that backups are being written to. */
    private final Set<String> busy = ConcurrentHashMap.newKeySet();

    DatabaseBackups(BackupServices services) {
        this.services = services;
    }

    /** Makes a backup; it is durable on return. */
    public void run(BackupRequest request, BackupWish wish) {
        String what = wish.kind() == BackupKind.LOG ? "BACKUP LOG" : "BACKUP DATABASE";
        DatabaseDefinition database = database(request, wish.database());
        request.requireBackup(what, database);
        refuseSystem(database, wish.kind());
        BackupSource source = services.databases()
                .source(database.oid())
                .orElseThrow(() -> NumberedError.DATABASE_RESTORING.exception(
                        "database \"" + database.name() + "\" cannot be backed up, it is not open"));
        if (database.system()) {
            // No log backup will ever let go of log that waits for one.
            source.boot().update(record -> record.withBackup(record.backup().withRecoveryModel(BackupFacts.SIMPLE)));
        }
        if (!wish.tail()) {
            run(request, wish, new Target(what, database, source));
            return;
        }
        // Nobody commits between the end of the log backup and the end of the database.
        try (Connections.Exclusion _ = request.connections().exclude(database.oid())) {
            refuseInUse(request, database);
            run(request, wish, new Target(what, database, source));
        }
    }

    private void run(BackupRequest request, BackupWish wish, Target target) {
        BackupWish.Encryption encryption = wish.encryption();
        if (encryption != null && target.database.system()) {
            throw NumberedError.BACKUP_OPTION_CONFLICT
                    .report("backups of system databases are encrypted by the service master key, not by a certificate,"
                            + " which would be in the very database that is lost")
                    .withHint("Leave out WITH ENCRYPTION, and back up the service master key.")
                    .exception();
        }
        if (encryption == null) {
            run(request, wish, target, null);
            return;
        }
        try (BackupKeys.StreamKey key = services.keys()
                .backupKeys()
                .make(
                        request.keys(),
                        encryption.algorithm(),
                        new DatabaseKeys.Encryptor(encryption.asymmetricKey(), encryption.encryptor()))) {
            run(request, wish, target, key);
        }
    }

    private record Target(String what, DatabaseDefinition database, BackupSource source) {}

    private void run(BackupRequest request, BackupWish wish, Target target, BackupKeys.@Nullable StreamKey key) {
        List<String> reserved = new ArrayList<>();
        try {
            for (String path : new HashSet<>(services.paths(wish.devices()))) {
                if (!busy.add(path)) {
                    throw NumberedError.BACKUP_DEVICE.exception(
                            "cannot open backup device \"" + path + "\": another backup is being written to it");
                }
                reserved.add(path);
            }
            runReserved(request, wish, target, key);
        } finally {
            reserved.forEach(busy::remove);
        }
    }

    private void runReserved(
            BackupRequest request, BackupWish wish, Target target, BackupKeys.@Nullable StreamKey key) {
        DatabaseDefinition database = target.database;
        long start = services.keys().clock().epochMicros();
        BackupDescription.Origin origin = new BackupDescription.Origin(
                database.name(),
                services.serverName(),
                request.userName(),
                wish.naming().name(),
                wish.naming().description(),
                wish.copyOnly(),
                false,
                database.createdMicros(),
                wish.expiresMicros());
        BackupOrder order = new BackupOrder(
                wish.kind(),
                origin,
                wish.compress(),
                key == null ? null : key.key(),
                key == null ? null : key.wrapped(),
                services.keys().backupKeys()::signer,
                wish.tail());
        BackupManifest manifest;
        MediaHeader header;
        int file;
        try (MediaWriter media = media(wish, key != null)) {
            file = media.setPosition();
            header = media.media();
            manifest = new DatabaseBackup(target.source, order).write(media, BackupMessages.progress(request));
        }
        if (wish.tail()) {
            services.databases().giveUp(database.oid());
        }
        BackupDescription done = manifest.description();
        services.history().add(new HistoryEntry.Backup(done, header, file, wish.devices()));
        long logBytes = done.range().lastLsn() - done.range().firstLsn();
        long micros = services.keys().clock().epochMicros() - start;
        BackupMessages.done(
                request, target.what, new BackupMessages.Volume(database.name(), file, done.pages(), logBytes, micros));
    }

    static void refuseInUse(BackupRequest request, DatabaseDefinition database) {
        if (request.connections().of(database.oid()) > 0) {
            throw NumberedError.RESTORE_EXCLUSIVE.exception(
                    "exclusive access could not be obtained because the database is in use");
        }
    }

    private static DatabaseDefinition database(BackupRequest request, String name) {
        return request.keys()
                .shared()
                .databaseInAnyCase(name)
                .orElseThrow(() -> NumberedError.DATABASE_NOT_FOUND
                        .report("database \"" + name + "\" does not exist")
                        .withHint("Make sure that the name is entered correctly.")
                        .exception());
    }

    private static void refuseSystem(DatabaseDefinition database, BackupKind kind) {
        if (database.oid() == DatabaseDefinition.TEMPDB) {
            throw NumberedError.TEMPDB_BACKUP.exception(
                    "backup and restore operations are not allowed on database tempdb");
        }
        if (database.system() && kind == BackupKind.LOG) {
            throw NumberedError.MASTER_LOG_BACKUP
                    .report("the log of the system database \"" + database.name() + "\" cannot be backed up")
                    .withHint("Use BACKUP DATABASE instead.")
                    .exception();
        }
        if (database.system() && kind == BackupKind.DIFFERENTIAL) {
            throw NumberedError.MASTER_FULL_ONLY
                    .report("only a full backup of the system database \"" + database.name() + "\" can be made")
                    .withHint("Use BACKUP DATABASE without WITH DIFFERENTIAL.")
                    .exception();
        }
    }

    /** New files, or the next place on existing ones. */
    private MediaWriter media(BackupWish wish, boolean encrypted) {
        StorageFiles files = services.files().files();
        List<String> paths = services.paths(wish.devices());
        if (new HashSet<>(paths).size() < paths.size()) {
            throw NumberedError.BACKUP_DEVICE_TWICE.exception("a backup device is named more than once");
        }
        boolean exists = paths.stream().anyMatch(files::exists);
        if (exists && !wish.format()) {
            try (MediaReader media = MediaReader.open(files, paths)) {
                media.requireAllFamilies();
                if (!wish.init()) {
                    return append(files, media, encrypted);
                }
                refuseUnexpired(media);
            }
        }
        byte[] uuid = new byte[16];
        services.keys().randomness().fill(uuid);
        MediaHeader header = new MediaHeader(
                uuid,
                1,
                paths.size(),
                encrypted,
                services.keys().clock().epochMicros(),
                wish.naming().mediaName(),
                wish.naming().mediaDescription());
        return MediaWriter.create(files, paths, header);
    }

    private static MediaWriter append(StorageFiles files, MediaReader media, boolean encrypted) {
        if (encrypted) {
            throw NumberedError.BACKUP_NOT_APPENDABLE
                    .report("an encrypted backup cannot be appended to an existing media set")
                    .withHint("Use WITH FORMAT, or another file.")
                    .exception();
        }
        return MediaWriter.append(files, media);
    }

    private void refuseUnexpired(MediaReader media) {
        long now = services.keys().clock().epochMicros();
        for (MediaReader.BackupSet set : media.sets()) {
            if (set.description().origin().expiresMicros() > now) {
                throw notExpired(media.families().getFirst().path());
            }
        }
    }

    private static DatabaseException notExpired(String device) {
        return NumberedError.MEDIA_NOT_EXPIRED
                .report("the medium on device \"" + device + "\" holds a backup set that may not be overwritten yet")
                .withHint("Use WITH FORMAT to insist.")
                .exception();
    }
}
