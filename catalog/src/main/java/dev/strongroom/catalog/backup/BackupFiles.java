package dev.strongroom.catalog.backup;

import dev.strongroom.common.file.StorageFiles;

/** Where backup devices are. Thread-safe. */
public interface BackupFiles {
    StorageFiles files();

    /**
     * Path in {@link #files} of a device named in a statement.
     *
     * @throws dev.strongroom.common.error.DatabaseException 3201 if it is outside the directories for backups
     */
    String resolve(String operand);
}
