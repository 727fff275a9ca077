package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.storage.verify.VerifyProgress;

/** The databases of this server: who opens, builds and removes them. Implemented where the server is put together. */
public interface DatabaseDirectory {
    /** Roles and databases. */
    SharedCatalog shared();

    /**
     * The catalog of a database, opened on first use.
     *
     * @throws dev.strongroom.common.error.DatabaseException CANNOT_CONNECT_NOW where it cannot be opened
     */
    Catalog open(int databaseOid);

    /** Builds the files and first contents of a new database; durable when this returns. */
    void create(int databaseOid);

    /** Refuses to drop a database whose state forbids it; called before {@link #remove}, while it can still fail. */
    default void refuseDrop(int databaseOid) {}

    /** Changes the recovery model of an open database, durably; numbers as in {@code sys.databases.recovery_model}. */
    default void recoveryModel(int databaseOid, int model) {
        throw new UnsupportedOperationException("recovery models");
    }

    /**
     * Makes a database what {@code master} now says it is: closed for everybody, open, closed for changes. Nobody but the
     * caller is in it.
     */
    default void avail(DatabaseDefinition database) {
        throw new UnsupportedOperationException("availability");
    }

    /** Closes a database nobody uses and removes its files; for one that never was it does nothing. */
    void remove(int databaseOid);

    /**
     * Overwrites what data that was replaced or removed has left in the pages of an open database (AE-154).
     *
     * @param progress told how many pages of how many are done; what it throws ends the work
     */
    default void eraseResidue(int databaseOid, VerifyProgress progress) {
        throw new UnsupportedOperationException("erasing");
    }

    /** Writes a checkpoint of every open database. */
    void checkpoint();
}
