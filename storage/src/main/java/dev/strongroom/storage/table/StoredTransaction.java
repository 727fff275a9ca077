package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.storage.txn.LockTable;
import dev.strongroom.storage.txn.Txn;
import dev.strongroom.storage.txn.WaitGraph;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The engine's {@link Transaction}. */
final class StoredTransaction implements Transaction {
    private static final byte[] WHOLE_TABLE = {};

    final TableStore store;
    final Txn txn;
    private final TransactionOptions options;
    private volatile boolean active = true;

    StoredTransaction(TableStore store, TransactionOptions options) {
        this.store = store;
        this.options = options;
        this.txn = store.rows
                .transactions()
                .begin(
                        options.cancel(),
                        options.lockTimeoutNanos(),
                        options.isolation() == IsolationLevel.SERIALIZABLE);
    }

    /** The transaction behind a handle, for reading: it has a snapshot. */
    static Txn reader(Transaction transaction) {
        StoredTransaction own = (StoredTransaction) transaction;
        own.checkActive();
        own.txn.checkCancelled();
        if (!own.txn.hasSnapshot()) {
            own.beginStatement();
        }
        return own.txn;
    }

    /** The transaction behind a handle, for writing. */
    static Txn writer(Transaction transaction) {
        Txn txn = reader(transaction);
        if (transaction.options().readOnly()) {
            throw TransactionErrors.readOnly();
        }
        TableStore store = ((StoredTransaction) transaction).store;
        store.refuseReadOnly();
        store.log.admit();
        return txn;
    }

    private void checkActive() {
        if (!active) {
            throw TransactionErrors.ended();
        }
    }

    @Override
    public long id() {
        return txn.id();
    }

    @Override
    public TransactionOptions options() {
        return options;
    }

    @Override
    public void beginStatement() {
        checkActive();
        if (!txn.hasSnapshot() || options.isolation() == IsolationLevel.READ_COMMITTED) {
            store.rows.transactions().snapshot(txn);
        }
    }

    @Override
    public Savepoint savepoint() {
        checkActive();
        return new Point(txn.position(), txn.setSavepoint());
    }

    @Override
    public void rollbackTo(Savepoint savepoint) {
        checkActive();
        Point point = (Point) savepoint;
        store.rows.rollbackTo(txn, point.position);
    }

    @Override
    public void release(Savepoint savepoint) {
        // Writes stay in the one list of the transaction.
        txn.releaseSavepoint(((Point) savepoint).number);
    }

    @Override
    public void lockTable(long treeId, TableLockMode mode, WaitPolicy wait) {
        checkActive();
        LockTable.Key key = new LockTable.Key(treeId, WHOLE_TABLE);
        if (wait == WaitPolicy.WAIT) {
            store.tableQueue.acquire(txn, key, mode.ordinal());
        } else if (!store.tableQueue.tryAcquire(txn, key, mode.ordinal())) {
            throw TransactionErrors.tableLocked();
        }
    }

    @Override
    public void awaitHolders(long treeId, TableLockMode mode) {
        checkActive();
        LockTable.Key key = new LockTable.Key(treeId, WHOLE_TABLE);
        WaitGraph.Patience patience = new WaitGraph.Patience(txn);
        for (Txn holder : store.tableLocks.holders(txn, key, mode.ordinal())) {
            int seen = holder.releases();
            while (store.tableLocks.isInTheWay(holder, key, mode.ordinal())) {
                store.rows.waits().await(txn, holder, seen, patience);
                seen = holder.releases();
            }
        }
    }

    @Override
    public void mark(String name) {
        checkActive();
        txn.mark(name.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<Committed> committed() {
        return txn.commitLsn() == 0
                ? Optional.empty()
                : Optional.of(new Committed(txn.commitLsn(), txn.commitMicros()));
    }

    @Override
    public void prepare() {
        checkActive();
        store.rows.prepare(txn);
    }

    @Override
    public void settle() {
        store.rows.transactions().settle(txn);
    }

    @Override
    public void commit() {
        checkActive();
        try {
            store.rows.commit(txn, store::committed);
            active = false;
        } catch (DatabaseException failure) {
            if (txn.isUncommitted()) {
                rollback();
            }
            active = false;
            throw failure;
        }
    }

    @Override
    public void rollback() {
        if (active) {
            // Where it may not wait it is left half done, and goes on from there when it is called again.
            store.rows.rollback(txn);
            active = false;
        }
    }

    @Override
    public boolean isWaiting() {
        return txn.isWaiting();
    }

    @Override
    public boolean isActive() {
        return active;
    }

    private record Point(int position, int number) implements Savepoint {}
}
