package dev.strongroom.catalog.backup;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.storage.backup.BackupSource;
import dev.strongroom.storage.backup.RestoreDirectory;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.database.RestoreEnd;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The databases as backups and restores need them; implemented where databases are opened. Thread-safe. */
public interface BackupDatabases {
    /** What {@code master} knows. */
    SharedCatalog shared();

    /** The parts of an open database; empty if it is not open. */
    Optional<BackupSource> source(int databaseOid);

    /** A number for a database to be. */
    int allocateOid();

    /** The directory of a database being restored, emptied if {@code fresh}. */
    RestoreDirectory restoreDirectory(int databaseOid, boolean fresh);

    /** The boot record of a database that waits for more backups; empty for any other. */
    Optional<BootRecord> waiting(int databaseOid);

    /** Makes a database of what was restored and opens it. */
    void recoverRestored(int databaseOid, RestoreEnd end);

    /** Closes a database that nobody uses; its files stay. */
    void close(int databaseOid);

    /** Closes a database, removes its files and forgets its keys. */
    void remove(int databaseOid);

    /** Changes which databases {@code master} knows, durably and at once. */
    void change(@Nullable DatabaseDefinition removed, @Nullable DatabaseDefinition added);

    /** Closes a database that nobody uses and lets it wait to be restored: after a backup of the tail of its log. */
    void giveUp(int databaseOid);
}
