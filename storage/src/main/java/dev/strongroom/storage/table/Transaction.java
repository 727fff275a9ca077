package dev.strongroom.storage.table;

import java.util.Optional;

/** One transaction on one database; used by one thread at a time, except {@link #id}. */
public interface Transaction {
    /** 48-bit transaction id, 0 until the first write. */
    long id();

    TransactionOptions options();

    /**
     * Starts a statement: READ COMMITTED takes a new snapshot, the other levels keep the one of the first statement. Own
     * earlier writes are always visible, those of the running statement included: a caller that changes what it scans
     * collects the keys first.
     */
    void beginStatement();

    /** Marks a point to go back to. Savepoints nest. */
    Savepoint savepoint();

    /** Undoes every write since the savepoint and releases the locks taken since; the savepoint stays usable. */
    void rollbackTo(Savepoint savepoint);

    /** Forgets the savepoint and those after it; their writes stay. */
    void release(Savepoint savepoint);

    /**
     * Takes a table lock until the end of the transaction.
     *
     * @throws dev.strongroom.common.error.DatabaseException LOCK_NOT_AVAILABLE under {@link WaitPolicy#FAIL},
     *     DEADLOCK_DETECTED, QUERY_CANCELED
     */
    void lockTable(long treeId, TableLockMode mode, WaitPolicy wait);

    /**
     * Waits until each of the others who hold a lock on a table now that excludes a mode has given it up. Those who come later
     * are not waited for, so it ends on a busy table too. Who holds a lock of that kind begins by looking at the catalog: what
     * was committed before this is known to every one of them afterwards.
     *
     * @throws dev.strongroom.common.error.DatabaseException LOCK_NOT_AVAILABLE after the lock timeout, DEADLOCK_DETECTED,
     *     QUERY_CANCELED
     */
    void awaitHolders(long treeId, TableLockMode mode);

    /**
     * Waits until what this transaction saw of others is durable and visible to all. A writer's rows can be changed by
     * the next as soon as its
     * commit is in the log; rows that were locked or changed on top of it are shown to a client only after this.
     */
    void settle();

    /**
     * Names the commit in the log, so that a restore can stop at it; nothing happens if nothing was written.
     *
     * @param name at most 128 characters
     */
    default void mark(String name) {}

    /** The commit's place in the log; empty if nothing was written, or it has not committed. */
    default Optional<Committed> committed() {
        return Optional.empty();
    }

    /**
     * Commits and waits until the commit is durable and visible; under {@link dev.strongroom.common.time.NoWait} it does not
     * wait but leaves a completion with the try.
     *
     * @throws dev.strongroom.common.error.DatabaseException SERIALIZATION_FAILURE if validation fails; the transaction is
     *     then rolled back
     */
    void commit();

    /**
     * Promises durably to commit if {@code master} decides so; {@link #commit} cannot fail for the transaction's own reasons
     * any more, {@link #rollback} is still possible. It has written something.
     *
     * @throws dev.strongroom.common.error.DatabaseException SERIALIZATION_FAILURE if validation fails
     */
    void prepare();

    /** Undoes everything. Idempotent; allowed in any state. */
    void rollback();

    /** Whether it waits for a lock of another transaction just now. May be asked by any thread. */
    default boolean isWaiting() {
        return false;
    }

    /** False once committed or rolled back. */
    boolean isActive();

    /**
     * A commit in the log.
     *
     * @param micros its time there, microseconds since 1970
     */
    record Committed(long lsn, long micros) {}

    /** A point in a transaction's own history of writes. */
    interface Savepoint {}
}
