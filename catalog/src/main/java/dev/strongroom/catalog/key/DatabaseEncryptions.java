package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyEntry.Commitment;
import dev.strongroom.storage.boot.BackupFacts;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.verify.Finding;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The encryption of the databases that are open; implemented where databases are opened. Thread-safe. */
public interface DatabaseEncryptions {
    /** Empty if the database is not open. */
    Optional<EncryptionControl> find(int databaseOid);

    /** Whether a database is closed because it waits for more backups to be restored. */
    default boolean isRestoring(int databaseOid) {
        return false;
    }

    /** What an open database remembers of its backups. */
    default Optional<BackupFacts> backupFacts(int databaseOid) {
        return Optional.empty();
    }

    /** The tables of an open database. */
    Optional<Database> storage(int databaseOid);

    /** Verifies an open database beside its work, levels 1 to 4: pages, their sums, trees, tables against indexes. */
    void verify(int databaseOid, Consumer<Finding> findings);

    /** Those that are running. */
    default List<RunningVerification> verifications() {
        return List.of();
    }

    /** Whether a key version may be needed: of a closed database, one that is kept, or one that is being made (TDE-121). */
    default boolean needs(Commitment commitment) {
        return find(commitment.databaseOid())
                .map(EncryptionControl::status)
                .map(status -> commitment.id() > status.lastKeyVersion()
                        || status.keys().stream().anyMatch(key -> key.keyVersion() == commitment.id()))
                .orElse(true);
    }

    /** OIDs of the open databases. */
    Collection<Integer> open();
}
