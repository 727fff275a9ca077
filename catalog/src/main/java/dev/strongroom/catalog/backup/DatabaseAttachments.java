package dev.strongroom.catalog.backup;

import dev.strongroom.catalog.key.BackupKeys;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupManifest;
import dev.strongroom.storage.backup.DetachedFiles;
import dev.strongroom.storage.backup.RestoreDirectory;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.database.RestoreEnd;
import java.util.List;

/**
 * {@code sp_detach_db} and {@code CREATE DATABASE … FOR ATTACH} (TDE-2, TDE-15). The files of a detached database stay where they
 * are; attached from there they are used in place, from elsewhere they are copied. Attaching needs the certificate, as a restore
 * does (33111). Stateless.
 */
public final class DatabaseAttachments {
    private final BackupServices services;

    DatabaseAttachments(BackupServices services) {
        this.services = services;
    }

    /** Makes the server forget a database without removing its files. */
    public void detach(BackupRequest request, String name) {
        DatabaseDefinition database = request.keys()
                .shared()
                .databaseInAnyCase(name)
                .orElseThrow(
                        () -> NumberedError.DATABASE_NOT_FOUND.exception("database \"" + name + "\" does not exist"));
        if (database.system()) {
            throw NumberedError.SYSTEM_DETACH.exception(
                    "system database \"" + database.name() + "\" cannot be detached");
        }
        request.requireControl("sp_detach_db", database);
        int oid = database.oid();
        try (Connections.Exclusion _ = request.connections().exclude(oid)) {
            if (request.connections().of(oid) > 0) {
                throw NumberedError.DETACH_IN_USE.exception(
                        "cannot detach the database \"" + database.name() + "\" because it is currently in use");
            }
            if (services.databases().source(oid).isEmpty()) {
                throw NumberedError.DATABASE_RESTORING.exception(
                        "database \"" + database.name() + "\" cannot be detached, it is not open");
            }
            services.databases().close(oid);
            RestoreDirectory directory = services.databases().restoreDirectory(oid, false);
            BootRecord boot = directory.boot();
            boolean done = false;
            try {
                directory.detach(
                        description(request.userName(), database, boot),
                        services.keys().backupKeys()::signer);
                services.databases().change(database, null);
                done = true;
            } finally {
                if (!done) {
                    directory.attachAgain();
                }
            }
            services.keys().backupKeys().forget(oid);
        }
        request.keys()
                .notices()
                .accept(ErrorReport.notice("the files of database \"" + database.name() + "\" are in \""
                        + services.files().directoryOf(oid) + "\""));
    }

    /**
     * Takes up a closed database after {@code master} was put back to an older state: what {@code master} does not know of its
     * keys is committed anew, and a database it does not know at all becomes a detached one. The boot record is proof enough:
     * only this instance could write it.
     *
     * @param user for the description
     * @return whether it is known
     */
    public boolean takeUp(int oid, String user) {
        RestoreDirectory directory = services.databases().restoreDirectory(oid, false);
        BootRecord boot = directory.boot();
        BackupKeys backupKeys = services.keys().backupKeys();
        if (services.databases().shared().head().database(oid).isEmpty()) {
            DatabaseDefinition unknown = DatabaseDefinition.of(oid, "database " + oid, Role.POSTGRES);
            directory.detach(description(user, unknown, boot), backupKeys::signer);
            return false;
        }
        List<WrappedDek> wrapped = boot.encryption().keys();
        long committed = services.keys().catalog().head().liveCommitments().stream()
                .filter(entry -> entry.databaseOid() == oid)
                .count();
        if (committed < wrapped.size()) {
            try (DatabaseKeys keys = backupKeys.open(wrapped)) {
                backupKeys.commit(oid, keys, wrapped);
            }
        }
        return true;
    }

    private BackupDescription description(String user, DatabaseDefinition database, BootRecord boot) {
        byte[] uuid = new byte[16];
        services.keys().randomness().fill(uuid);
        long now = services.keys().clock().epochMicros();
        return new BackupDescription(
                uuid,
                BackupKind.DATABASE,
                new BackupDescription.Origin(
                        database.name(),
                        services.serverName(),
                        user,
                        "",
                        "",
                        false,
                        false,
                        database.createdMicros(),
                        0),
                boot,
                boot.encryption().keys(),
                new BackupDescription.Range(
                        boot.redoLsn(),
                        boot.checkpointLsn(),
                        boot.backup().baseLsn(),
                        boot.backup().baseUuid(),
                        new byte[16]),
                BackupDescription.Sealing.NONE,
                now,
                now,
                boot.pageCount(),
                0);
    }

    /** Makes a database of the files of a detached one. */
    public void attach(BackupRequest request, String name, List<String> files) {
        request.requireRestore("CREATE DATABASE");
        if (request.keys().shared().databaseInAnyCase(name).isPresent()) {
            throw NumberedError.DATABASE_EXISTS.exception("database \"" + name + "\" already exists");
        }
        String path = services.files().resolveDetached(files.getFirst());
        int here = services.files().numberOf(path);
        StorageFiles source = services.files().files().below(path);
        BackupManifest manifest = DetachedFiles.read(source, path);
        services.keys().backupKeys().doubt(manifest, List.of()).ifPresent(why -> {
            throw NumberedError.FILES_UNUSABLE.exception(
                    "the files in \"" + path + "\" cannot be trusted: what describes them proves nothing: " + why);
        });
        int oid = here > 0 ? here : services.databases().allocateOid();
        BackupKeys backupKeys = services.keys().backupKeys();
        List<WrappedDek> wrapped = manifest.description().keys();
        boolean done = false;
        try (DatabaseKeys keys = backupKeys.open(wrapped)) {
            RestoreDirectory directory = services.databases().restoreDirectory(oid, here <= 0);
            directory.attach(manifest, source);
            backupKeys.commit(oid, keys, wrapped);
            services.databases().recoverRestored(oid, RestoreEnd.ALL);
            services.databases()
                    .change(
                            null,
                            DatabaseDefinition.of(oid, name, request.keys().userOid())
                                    .createdAt(services.keys().clock().epochMicros()));
            directory.attachAgain();
            done = true;
        } finally {
            if (!done && here <= 0) {
                services.databases().remove(oid);
            } else if (!done) {
                services.databases().close(oid);
                backupKeys.forget(oid);
            }
        }
    }
}
