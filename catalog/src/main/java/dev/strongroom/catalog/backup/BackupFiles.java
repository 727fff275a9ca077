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

    /**
     * Path in {@link #files} of the directory of a detached database, named by itself or by a file in it.
     *
     * @throws dev.strongroom.common.error.DatabaseException 5120 if it is not there, or neither among the databases of this
     *     server nor in a directory for backups
     */
    String resolveDetached(String operand);

    /** Number of the database whose directory in this server's data directory this is; 0 for any other directory. */
    int numberOf(String path);

    /** Where the files of a database of this server are. */
    String directoryOf(int databaseOid);
}
