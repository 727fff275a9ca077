package dev.strongroom.storage.table;

import dev.strongroom.storage.temp.TempFiles;

/** One open database. Implemented by the engine, and by an in-memory model that tests compare it with. Thread-safe. */
public interface Database {
    /** Number of the database in this server (decision S-1): master 1, tempdb 2, postgres 5. */
    int id();

    /** Starts a transaction; costs nothing on disk until the first write. */
    Transaction begin(TransactionOptions options);

    /**
     * Allocates an empty tree for a table or index; undone with the transaction.
     *
     * @return tree id, unique in the database and never used again
     */
    long createTree(Transaction transaction);

    /** Frees a tree once the transaction has committed and no snapshot can see it. */
    void dropTree(Transaction transaction, long treeId);

    /** A handle on a table described by a layout; cheap, stateless, shareable between transactions. */
    Table table(TableLayout layout);

    /** Counters that live outside transactions. */
    Sequences sequences();

    /** From now on no transaction can change anything (3906), or can again. What runs when it is said ends as it began. */
    void readOnly(boolean readOnly);

    /** Makes files for what a statement cannot keep in memory. */
    default TempFiles temp() {
        return TempFiles.none();
    }
}
