package dev.strongroom.storage.model;

import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.LockConflicts;
import dev.strongroom.storage.table.RowLockMode;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.SequenceCounter;
import dev.strongroom.storage.table.SequenceLayout;
import dev.strongroom.storage.table.Sequences;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.TableLockMode;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionErrors;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.temp.TempFiles;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The in-memory reference. Thread-safe. */
public final class ModelDatabase implements Database {
    private static final long WAIT_MILLIS = 5;

    private final int id;
    private final Map<Long, ModelTree> trees = new HashMap<>();
    private final Map<Long, SequenceCounter> counters = new HashMap<>();
    private final Map<Long, Map<ModelTransaction, Set<TableLockMode>>> tableLocks = new HashMap<>();
    private final Set<ModelTransaction> active = new HashSet<>();
    private final List<ModelTransaction> committed = new ArrayList<>();
    private long nextTree = 1000;
    private long nextSequence = 1;
    private long nextTransaction = 3;
    private long now = 1;
    private volatile boolean readOnly;

    public ModelDatabase() {
        this(5);
    }

    public ModelDatabase(int id) {
        this.id = id;
    }

    /** Savepoints that were set and not released. Guarded by this. */
    private int savepoints;

    void savepointSet() {
        savepoints++;
    }

    void savepointReleased() {
        savepoints--;
    }

    /** How many savepoints were set and never released. */
    public synchronized int savepoints() {
        return savepoints;
    }

    private final TempFiles temp =
            TempFiles.open(new SimulatedDisk(new SeededRandomness(1)).files(), new SeededRandomness(2));

    @Override
    public TempFiles temp() {
        return temp;
    }

    @Override
    public void readOnly(boolean now) {
        readOnly = now;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public synchronized Transaction begin(TransactionOptions options) {
        ModelTransaction transaction = new ModelTransaction(this, options);
        active.add(transaction);
        return transaction;
    }

    @Override
    public synchronized long createTree(Transaction transaction) {
        ModelTransaction own = writer(transaction);
        long treeId = nextTree++;
        trees.put(treeId, new ModelTree());
        own.undo.add(() -> trees.remove(treeId));
        return treeId;
    }

    @Override
    public synchronized void dropTree(Transaction transaction, long treeId) {
        writer(transaction).onCommit.add(() -> trees.remove(treeId));
    }

    @Override
    public Table table(TableLayout layout) {
        return new ModelTable(this, layout);
    }

    @Override
    public Sequences sequences() {
        return new ModelSequences();
    }

    /** Trees with an id below 1000 exist from the start, as the catalog's do. */
    ModelTree tree(long treeId) {
        return trees.computeIfAbsent(treeId, missing -> {
            if (missing >= 1000) {
                throw new IllegalStateException("no tree " + missing);
            }
            return new ModelTree();
        });
    }

    ModelTransaction reader(Transaction transaction) {
        ModelTransaction own = (ModelTransaction) transaction;
        if (!own.isActive()) {
            throw TransactionErrors.ended();
        }
        own.options().cancel().check();
        return own;
    }

    ModelTransaction writer(Transaction transaction) {
        ModelTransaction own = reader(transaction);
        if (readOnly) {
            throw TransactionErrors.databaseReadOnly();
        }
        if (own.options().readOnly()) {
            throw TransactionErrors.readOnly();
        }
        if (own.id == 0) {
            own.id = nextTransaction++;
        }
        return own;
    }

    long now() {
        return now;
    }

    /** Waits until something changes; the caller holds the monitor and looks again. {@code blockers} are who it waits for. */
    void await(ModelTransaction waiter, Set<ModelTransaction> blockers, long[] remainingNanos) {
        waiter.waitsFor = blockers;
        try {
            if (reaches(waiter, waiter, new HashSet<>())) {
                throw TransactionErrors.deadlock();
            }
            waiter.options().cancel().check();
            if (remainingNanos[0] <= 0) {
                throw TransactionErrors.lockTimeout();
            }
            remainingNanos[0] -= WAIT_MILLIS * 1_000_000;
            wait(WAIT_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", interrupted);
        } finally {
            waiter.waitsFor = Set.of();
        }
    }

    private static boolean reaches(ModelTransaction from, ModelTransaction goal, Set<ModelTransaction> seen) {
        for (ModelTransaction next : from.waitsFor) {
            if (next == goal || seen.add(next) && reaches(next, goal, seen)) {
                return true;
            }
        }
        return false;
    }

    synchronized boolean lockTable(ModelTransaction own, long treeId, TableLockMode mode, boolean wait) {
        long[] remaining = {own.options().lockTimeoutNanos()};
        while (true) {
            Map<ModelTransaction, Set<TableLockMode>> holders =
                    tableLocks.computeIfAbsent(treeId, tree -> new HashMap<>());
            Set<ModelTransaction> blockers = new HashSet<>();
            holders.forEach((holder, modes) -> {
                if (holder != own && modes.stream().anyMatch(held -> LockConflicts.conflict(held, mode))) {
                    blockers.add(holder);
                }
            });
            if (blockers.isEmpty()) {
                if (holders.computeIfAbsent(own, holder -> new HashSet<>()).add(mode)) {
                    own.undo.add(
                            () -> holders.getOrDefault(own, new HashSet<>()).remove(mode));
                }
                return true;
            }
            if (!wait) {
                return false;
            }
            await(own, blockers, remaining);
        }
    }

    synchronized void commit(ModelTransaction own) {
        if (own.options().isolation() == dev.strongroom.storage.table.IsolationLevel.SERIALIZABLE
                && !own.writes.isEmpty()) {
            for (ModelTransaction other : committed) {
                if (other.commitTime > own.snapshot() && other.conflictsWith(own)) {
                    rollback(own);
                    throw TransactionErrors.dependencies();
                }
            }
        }
        own.commitTime = ++now;
        own.onCommit.forEach(Runnable::run);
        committed.add(own);
        end(own);
        long oldest = active.stream()
                .mapToLong(ModelTransaction::oldestSnapshot)
                .min()
                .orElse(now);
        committed.removeIf(other -> other.commitTime <= oldest);
    }

    synchronized void rollback(ModelTransaction own) {
        own.undoTo(0);
        own.commitTime = ModelTransaction.ABORTED;
        end(own);
    }

    private void end(ModelTransaction own) {
        active.remove(own);
        trees.values().forEach(tree -> tree.locks.values().forEach(holders -> holders.remove(own)));
        tableLocks.values().forEach(holders -> holders.remove(own));
        notifyAll();
    }

    /** One stored version of a row; {@code row} is null for a deleted one. */
    static final class Version {
        final ModelTransaction writer;
        final dev.strongroom.common.value.@Nullable Row row;
        final boolean keysChanged;
        final @Nullable Version older;

        Version(
                ModelTransaction writer,
                dev.strongroom.common.value.@Nullable Row row,
                boolean keysChanged,
                @Nullable Version older) {
            this.writer = writer;
            this.row = row;
            this.keysChanged = keysChanged;
            this.older = older;
        }
    }

    /** Rows by key, or for an index: entries by key, whose value is the primary key. */
    static final class ModelTree {
        final TreeMap<byte[], Version> rows = new TreeMap<>(Arrays::compareUnsigned);
        final TreeMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
        final TreeMap<byte[], Map<ModelTransaction, Set<RowLockMode>>> locks = new TreeMap<>(Arrays::compareUnsigned);
        long nextRowId = 1;
    }

    /** A write or read position for the validation of serializable transactions. */
    record Position(long treeId, byte[] key) {}

    record Range(long treeId, ScanRange range) {
        boolean contains(Position position) {
            return position.treeId == treeId && contains(range, position.key);
        }

        static boolean contains(ScanRange range, byte[] key) {
            return !below(range, key) && !above(range, key);
        }

        static boolean below(ScanRange range, byte[] key) {
            byte[] low = range.low();
            if (low == null) {
                return false;
            }
            return Arrays.compareUnsigned(key, low) < 0 || !range.lowInclusive() && startsWith(key, low);
        }

        static boolean above(ScanRange range, byte[] key) {
            byte[] high = range.high();
            if (high == null) {
                return false;
            }
            return startsWith(key, high) ? !range.highInclusive() : Arrays.compareUnsigned(key, high) > 0;
        }

        static boolean startsWith(byte[] key, byte[] prefix) {
            return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
        }
    }

    private final class ModelSequences implements Sequences {
        @Override
        public long create(Transaction transaction, SequenceLayout layout) {
            return locked(() -> {
                long sequenceId = nextSequence++;
                counters.put(sequenceId, SequenceCounter.start(layout));
                writer(transaction).undo.add(() -> counters.remove(sequenceId));
                return sequenceId;
            });
        }

        @Override
        public void alter(Transaction transaction, long sequenceId, SequenceLayout layout) {
            locked(() -> {
                SequenceCounter before = counter(sequenceId);
                writer(transaction).undo.add(() -> counters.put(sequenceId, before));
                return counters.put(sequenceId, before.with(layout));
            });
        }

        @Override
        public void drop(Transaction transaction, long sequenceId) {
            locked(() -> writer(transaction).onCommit.add(() -> counters.remove(sequenceId)));
        }

        @Override
        public long next(long sequenceId) {
            return locked(() -> {
                SequenceCounter next = counter(sequenceId).next();
                counters.put(sequenceId, next);
                return next.lastValue();
            });
        }

        @Override
        public void set(long sequenceId, long value, boolean called) {
            locked(() -> counters.put(
                    sequenceId, new SequenceCounter(counter(sequenceId).layout(), value, called)));
        }

        @Override
        public State state(long sequenceId) {
            return locked(() -> {
                SequenceCounter counter = counter(sequenceId);
                return new State(counter.lastValue(), counter.called());
            });
        }

        private SequenceCounter counter(long sequenceId) {
            SequenceCounter counter = counters.get(sequenceId);
            if (counter == null) {
                throw TransactionErrors.noSequence(sequenceId);
            }
            return counter;
        }

        private <T> T locked(Supplier<T> action) {
            synchronized (ModelDatabase.this) {
                return action.get();
            }
        }
    }
}
