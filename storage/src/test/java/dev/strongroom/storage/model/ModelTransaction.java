package dev.strongroom.storage.model;

import dev.strongroom.storage.table.IsolationLevel;
import dev.strongroom.storage.table.TableLockMode;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionErrors;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.table.WaitPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A transaction of the model; its fields belong to the database's monitor. */
final class ModelTransaction implements Transaction {
    static final long ACTIVE = 0;
    static final long ABORTED = -1;

    final List<Runnable> undo = new ArrayList<>();
    final List<Runnable> onCommit = new ArrayList<>();
    final List<ModelDatabase.Position> writes = new ArrayList<>();
    final List<ModelDatabase.Range> reads = new ArrayList<>();
    Set<ModelTransaction> waitsFor = Set.of();
    long id;
    long commitTime = ACTIVE;

    private final ModelDatabase database;
    private final TransactionOptions options;
    private long snapshot;

    ModelTransaction(ModelDatabase database, TransactionOptions options) {
        this.database = database;
        this.options = options;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public TransactionOptions options() {
        return options;
    }

    @Override
    public void beginStatement() {
        synchronized (database) {
            if (snapshot == 0 || options.isolation() == IsolationLevel.READ_COMMITTED) {
                snapshot = database.now();
            }
        }
    }

    /** Read timestamp of the running statement. */
    long snapshot() {
        if (snapshot == 0) {
            snapshot = database.now();
        }
        return snapshot;
    }

    long oldestSnapshot() {
        return snapshot == 0 ? Long.MAX_VALUE : snapshot;
    }

    boolean sees(ModelTransaction writer, long at) {
        return writer == this || writer.commitTime > 0 && writer.commitTime <= at;
    }

    boolean conflictsWith(ModelTransaction reader) {
        return writes.stream().anyMatch(write -> reader.reads.stream().anyMatch(range -> range.contains(write)));
    }

    @Override
    public Savepoint savepoint() {
        synchronized (database) {
            database.savepointSet();
            return new Point(undo.size(), onCommit.size());
        }
    }

    @Override
    public void rollbackTo(Savepoint savepoint) {
        synchronized (database) {
            Point point = (Point) savepoint;
            undoTo(point.undo);
            while (onCommit.size() > point.commit) {
                onCommit.removeLast();
            }
            database.notifyAll();
        }
    }

    @Override
    public void release(Savepoint savepoint) {
        // Writes stay in the one list of the transaction.
        synchronized (database) {
            database.savepointReleased();
        }
    }

    void undoTo(int size) {
        while (undo.size() > size) {
            undo.removeLast().run();
        }
    }

    @Override
    public void lockTable(long treeId, TableLockMode mode, WaitPolicy wait) {
        if (!isActive()) {
            throw TransactionErrors.ended();
        }
        if (!database.lockTable(this, treeId, mode, wait == WaitPolicy.WAIT)) {
            throw TransactionErrors.tableLocked();
        }
    }

    @Override
    public void awaitHolders(long treeId, TableLockMode mode) {
        lockTable(treeId, mode, WaitPolicy.WAIT);
    }

    @Override
    public void prepare() {
        // Nothing is durable here.
    }

    @Override
    public void settle() {
        // A commit of the model is durable at once.
    }

    @Override
    public void commit() {
        synchronized (database) {
            if (!isActive()) {
                throw TransactionErrors.ended();
            }
            database.commit(this);
        }
    }

    @Override
    public void rollback() {
        synchronized (database) {
            if (isActive()) {
                database.rollback(this);
            }
        }
    }

    @Override
    public boolean isActive() {
        synchronized (database) {
            return commitTime == ACTIVE;
        }
    }

    private record Point(int undo, int commit) implements Savepoint {}
}
