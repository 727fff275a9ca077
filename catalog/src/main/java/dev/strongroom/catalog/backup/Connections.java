package dev.strongroom.catalog.backup;

/** Who is connected to databases. Thread-safe. */
public interface Connections {
    /** Sessions in a database. */
    int of(int databaseOid);

    /**
     * Lets nobody enter a database until the exclusion is closed. Those who are in it stay.
     *
     * @throws dev.strongroom.common.error.DatabaseException 5061 if another statement keeps it closed already
     */
    Exclusion exclude(int databaseOid);

    /** A database that nobody enters. */
    interface Exclusion extends AutoCloseable {
        @Override
        void close();
    }
}
