package dev.strongroom.storage.database;

import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupManifest;
import dev.strongroom.storage.backup.BackupOrder;
import dev.strongroom.storage.backup.BackupProgress;
import dev.strongroom.storage.backup.ChunkReader;
import dev.strongroom.storage.backup.DatabaseBackup;
import dev.strongroom.storage.backup.MediaHeader;
import dev.strongroom.storage.backup.MediaReader;
import dev.strongroom.storage.backup.MediaWriter;
import dev.strongroom.storage.backup.RestoreDirectory;
import java.util.List;

/** Backs up and restores databases of a {@link TestMachine} as the server would, with keys from the test's drawer. */
public final class BackupMachine {
    public static final String DIRECTORY = "backups";

    private BackupMachine() {}

    public static BackupDescription.Origin origin(boolean copyOnly) {
        return new BackupDescription.Origin("sales", "here", "me", "", "", copyOnly, false, 0, 0);
    }

    public static BackupManifest backup(
            StorageFiles files, StoredDatabase<?> database, BackupKind kind, BackupProgress progress, String... names) {
        return backup(files, database, BackupOrder.plain(kind, origin(false)), progress, names);
    }

    public static BackupManifest backup(
            StorageFiles files,
            StoredDatabase<?> database,
            BackupOrder order,
            BackupProgress progress,
            String... names) {
        files.createDirectory(DIRECTORY);
        files.syncDirectory("");
        MediaHeader media = new MediaHeader(new byte[16], 1, names.length, order.key() != null, 0, "", "");
        try (MediaWriter writer = MediaWriter.create(files, paths(names), media)) {
            return new DatabaseBackup(database.backupSource(), order).write(writer, progress);
        }
    }

    public static List<String> paths(String... names) {
        return List.of(names).stream().map(name -> DIRECTORY + "/" + name).toList();
    }

    public static void lay(StorageFiles files, Storage<?> storage, int id, String... names) {
        lay(files, storage, id, () -> {}, names);
    }

    /** @param commitKeys what {@code master} would do with the keys of the backup */
    public static void lay(StorageFiles files, Storage<?> storage, int id, Runnable commitKeys, String... names) {
        try (MediaReader media = MediaReader.open(files, paths(names));
                DatabaseKeys keys = new DatabaseKeys()) {
            MediaReader.BackupSet set = media.set(1);
            BackupDescription description = set.description();
            for (WrappedDek wrapped : description.keys()) {
                keys.add(TestMachine.key(wrapped.keyVersion(), wrapped.algorithm()));
            }
            WrappedDek stream = description.sealing().key();
            boolean fresh = description.kind() == BackupKind.DATABASE;
            RestoreDirectory directory = storage.restoreDirectory(id, fresh);
            try (ChunkReader chunks =
                    new ChunkReader(media, set, stream == null ? null : keys.find(stream.keyVersion()))) {
                switch (description.kind()) {
                    case DATABASE -> directory.layFull(set.manifest(), chunks, keys, BackupProgress.NONE);
                    case DIFFERENTIAL ->
                        directory.layDifferential(set.manifest(), chunks, keys, commitKeys, BackupProgress.NONE);
                    case LOG -> directory.layLog(set.manifest(), chunks, commitKeys, BackupProgress.NONE);
                }
            }
        }
    }
}
