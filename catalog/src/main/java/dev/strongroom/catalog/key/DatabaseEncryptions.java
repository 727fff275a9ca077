package dev.strongroom.catalog.key;

import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.table.Database;
import java.util.Collection;
import java.util.Optional;

/** The encryption of the databases that are open; implemented where databases are opened. Thread-safe. */
public interface DatabaseEncryptions {
    /** Empty if the database is not open. */
    Optional<EncryptionControl> find(int databaseOid);

    /** The tables of an open database. */
    Optional<Database> storage(int databaseOid);

    /** OIDs of the open databases. */
    Collection<Integer> open();
}
