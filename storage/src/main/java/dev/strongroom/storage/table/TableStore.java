package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.key.KeyBuffer;
import dev.strongroom.storage.key.KeyHash;
import dev.strongroom.storage.log.ActiveTransactions;
import dev.strongroom.storage.log.CounterSource;
import dev.strongroom.storage.log.Counters;
import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.log.RecordHandlers;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.space.SpaceAllocator;
import dev.strongroom.storage.temp.TempFiles;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.LiveTreeCheck;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.tree.TreeCheck;
import dev.strongroom.storage.tree.TreeDisposal;
import dev.strongroom.storage.tree.TreeRecords;
import dev.strongroom.storage.tree.TreeStore;
import dev.strongroom.storage.txn.LockQueue;
import dev.strongroom.storage.txn.LockTable;
import dev.strongroom.storage.txn.RowStore;
import dev.strongroom.storage.txn.TreeDirectory;
import dev.strongroom.storage.txn.Txn;
import dev.strongroom.storage.txn.UndoMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The engine's {@link Database}: tables over trees over pages. Life of it: constructed, {@link #register}ed, then the log is
 * redone, {@link #attach}ed, losers are undone, {@link #open}ed. Thread-safe once open.
 *
 * <p>System trees: 1 {@code sys_tree} (tree id to root page), 2 {@code sys_pending_free} (root page of a tree that is no longer
 * used, to its id; decision S-14), 3 {@code sys_sequence}. Ids below 1000 come to be when they are first asked for.
 */
public final class TableStore implements Database, ActiveTransactions, CounterSource, TreeDirectory, AutoCloseable {
    static final long SYS_TREE = 1;
    static final long SYS_PENDING_FREE = 2;
    static final long SYS_SEQUENCE = 3;
    static final long FIRST_USER_TREE = 1000;

    private static final long CLEAN_AGAIN_NANOS = 5_000_000;
    private static final int LIVE_ATTEMPTS = 3;
    private static final int STRIPES = 256;
    private static final int[] ROW_CONFLICTS = {0b1000, 0b1100, 0b1110, 0b1111};
    private static final int[] TABLE_CONFLICTS = {
        0b1000_0000, 0b1100_0000, 0b1111_0000, 0b1111_1000, 0b1110_1100, 0b1111_1100, 0b1111_1110, 0b1111_1111
    };

    final RowStore rows;
    final LockTable rowLocks = new LockTable(ROW_CONFLICTS);
    final LockTable tableLocks = new LockTable(TABLE_CONFLICTS);
    final LockQueue tableQueue;
    final TreeStore trees;
    final Scheduler scheduler;
    final LogStream log;
    final TempFiles temp;

    private final int id;
    private final TreeDisposal disposal;
    private final Mutex creating;
    private final Mutex[] stripes = new Mutex[STRIPES];
    private final ConcurrentHashMap<Long, TreeState> states = new ConcurrentHashMap<>();
    private final AtomicLong nextTree = new AtomicLong(FIRST_USER_TREE);
    private final AtomicLong nextValue = new AtomicLong(1);
    private final AtomicLong nextOid = new AtomicLong(16384);
    private final StoredSequences sequences;
    private volatile @Nullable Tree directory;
    private volatile Scheduler.@Nullable Worker cleaner;
    private volatile boolean cleaning;
    private volatile long cleanings;
    private volatile boolean readOnly;

    public TableStore(
            int id,
            PageAccess pages,
            LogStream log,
            Scheduler scheduler,
            Clock clock,
            StopSwitch stop,
            TempFiles temp,
            UndoMemory undo) {
        this(id, new TreeStore(pages, log), log, scheduler, clock, stop, temp, undo);
    }

    /** For tests with their own idea of node sizes. */
    TableStore(
            int id,
            TreeStore trees,
            LogStream log,
            Scheduler scheduler,
            Clock clock,
            StopSwitch stop,
            TempFiles temp,
            UndoMemory undo) {
        this.temp = temp;
        this.id = id;
        this.trees = trees;
        this.log = log;
        this.scheduler = scheduler;
        this.disposal = new TreeDisposal(trees);
        this.creating = new Mutex(scheduler);
        this.rows = new RowStore(log, clock, scheduler, this, RowCodec::writer, stop, undo, temp);
        this.tableQueue = new LockQueue(tableLocks, rows.waits());
        this.sequences = new StoredSequences(this);
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Mutex(scheduler);
        }
    }

    // ---- opening ----

    /** Says how the records of trees and transactions are redone and undone, and looks at them for counters. */
    public void register(RecordHandlers handlers) {
        rows.register(handlers);
        handlers.observe(this::seen);
    }

    private void seen(LogRecord record) {
        nextTree.accumulateAndGet(record.tree() + 1, Math::max);
        if (record.tree() == SYS_SEQUENCE && record.kind() == TreeRecords.ROW && record.isUndoable()) {
            nextTree.accumulateAndGet(number(RowStore.UndoBody.key(record)) + 1, Math::max);
        }
    }

    /**
     * Space is known: everything is redone. Losers are undone after this.
     *
     * @param rootPage of {@code sys_tree}, from the boot record; 0 for a new database
     */
    public void attach(SpaceAllocator space, long rootPage) {
        trees.attach(space);
        if (rootPage != 0) {
            directory = new Tree(trees, SYS_TREE, rootPage);
        }
    }

    /** Makes the tree of trees in an empty, attached database and returns its root page for the boot record. */
    public long create() {
        Tree made = Tree.create(trees, SYS_TREE);
        directory = made;
        return made.root();
    }

    /** Starts work, counters as recovery found them. */
    public void open(Counters counters) {
        rows.transactions().open(counters.transactionId(), counters.timestamp());
        nextTree.accumulateAndGet(counters.treeId(), Math::max);
        for (Tree numbered : new Tree[] {directory(), state(SYS_SEQUENCE).tree}) {
            byte[] last = lastKey(numbered, null);
            nextTree.accumulateAndGet(last == null ? 0 : number(last) + 1, Math::max);
        }
        nextValue.accumulateAndGet(counters.valueId(), Math::max);
        nextOid.accumulateAndGet(counters.oid(), Math::max);
        freePending();
        cleaner = scheduler.start("clean-" + id, this::clean);
    }

    /** Ends background work. Whoever runs transactions has ended them. */
    @Override
    public void close() {
        Scheduler.Worker worker = cleaner;
        if (worker != null) {
            worker.close();
        }
    }

    // ---- counters ----

    @Override
    public Counters counters() {
        return new Counters(
                rows.transactions().nextId(),
                rows.transactions().nextTime(),
                nextTree.get(),
                nextValue.get(),
                nextOid.get());
    }

    @Override
    public long oldestStartLsn() {
        return rows.transactions().oldestStartLsn();
    }

    /** Sequences are numbered with the trees. */
    long newSequenceId() {
        return nextTree.getAndIncrement();
    }

    // ---- trees ----

    @Override
    public int id() {
        return id;
    }

    @Override
    public Transaction begin(TransactionOptions options) {
        return new StoredTransaction(this, options);
    }

    @Override
    public Table table(TableLayout layout) {
        TreeState state = states.get(layout.treeId());
        StoredTable last = state == null ? null : state.lastTable();
        if (last != null && last.layout == layout) {
            return last;
        }
        StoredTable table = new StoredTable(this, layout);
        if (state != null) {
            state.lastTable(table);
        }
        return table;
    }

    @Override
    public TempFiles temp() {
        return temp;
    }

    @Override
    public void readOnly(boolean now) {
        readOnly = now;
    }

    /** 3906 while nothing can be changed. */
    void refuseReadOnly() {
        if (readOnly) {
            throw TransactionErrors.databaseReadOnly();
        }
    }

    @Override
    public Sequences sequences() {
        return sequences;
    }

    @Override
    public long createTree(Transaction transaction) {
        Txn txn = StoredTransaction.writer(transaction);
        long treeId = nextTree.getAndIncrement();
        long root = newRoot(treeId);
        TreeState state = new TreeState(new Tree(trees, treeId, root));
        state.createdBy(txn, txn.makes());
        txn.onRollback(() -> {
            states.remove(treeId);
            discard(root, treeId);
        });
        states.put(treeId, state);
        change(txn, directory(), key(treeId), value(root));
        change(txn, pendingFree(), key(root), null);
        return treeId;
    }

    /** A root that is to be freed until its transaction says otherwise. */
    private long newRoot(long treeId) {
        return Tree.createRoot(trees, treeId, pendingFree(), new Tree.Register() {
            @Override
            public byte[] key(long page) {
                return TableStore.key(page);
            }

            @Override
            public byte[] value(long page) {
                return TableStore.value(treeId);
            }
        });
    }

    @Override
    public void dropTree(Transaction transaction, long treeId) {
        Txn txn = StoredTransaction.writer(transaction);
        long root = state(treeId).tree.root();
        change(txn, directory(), key(treeId), null);
        change(txn, pendingFree(), key(root), value(treeId));
        txn.cleanup(() -> {
            states.remove(treeId);
            free(root);
        });
    }

    /** Gives a tree new, empty content under the transaction. */
    void replaceContent(Txn txn, long treeId) {
        TreeState state = state(treeId);
        long old = state.tree.root();
        long fresh = newRoot(treeId);
        Txn creator = state.creator();
        int savepoints = state.creatorSavepoints();
        txn.onRollback(() -> {
            state.tree.root(old);
            state.contentChanged();
            state.createdBy(creator, savepoints);
            discard(fresh, treeId);
        });
        change(txn, directory(), key(treeId), value(fresh));
        change(txn, pendingFree(), key(fresh), null);
        change(txn, pendingFree(), key(old), value(treeId));
        // Who verifies takes the content for the transaction's before it finds it.
        state.createdBy(txn, txn.makes());
        state.tree.root(fresh);
        txn.cleanup(() -> free(old));
    }

    /** The state of a tree. */
    TreeState state(long treeId) {
        TreeState state = states.get(treeId);
        if (state != null) {
            return state;
        }
        long root = rootOf(treeId);
        if (root == 0) {
            if (treeId >= FIRST_USER_TREE) {
                throw TransactionErrors.noTree(treeId);
            }
            return createSystemTree(treeId);
        }
        TreeState loaded = new TreeState(new Tree(trees, treeId, root));
        TreeState other = states.putIfAbsent(treeId, loaded);
        return other != null ? other : loaded;
    }

    private TreeState createSystemTree(long treeId) {
        creating.lock();
        try {
            TreeState state = states.get(treeId);
            if (state == null) {
                long root = Tree.createRoot(trees, treeId, directory(), new Tree.Register() {
                    @Override
                    public byte[] key(long page) {
                        return TableStore.key(treeId);
                    }

                    @Override
                    public byte[] value(long page) {
                        return TableStore.value(page);
                    }
                });
                state = new TreeState(new Tree(trees, treeId, root));
                states.put(treeId, state);
            }
            return state;
        } finally {
            creating.unlock();
        }
    }

    private long rootOf(long treeId) {
        Leaf leaf = new Leaf();
        directory().seek(key(treeId), leaf);
        try {
            return leaf.found() ? leaf.valueLong(leaf.index(), 0) : 0;
        } finally {
            directory().releaseShared(leaf);
        }
    }

    private Tree directory() {
        Tree found = directory;
        if (found == null) {
            throw new IllegalStateException("database is not attached");
        }
        return found;
    }

    private Tree pendingFree() {
        return state(SYS_PENDING_FREE).tree;
    }

    @Override
    public @Nullable Tree find(long treeId) {
        if (treeId == SYS_TREE) {
            return directory();
        }
        long root = rootOf(treeId);
        return root == 0 ? null : new Tree(trees, treeId, root);
    }

    /** A tree, or content of a tree, made by a transaction that lost is noted to be freed when the database is open. */
    @Override
    public void undoing(Tree tree, byte[] key, byte @Nullable [] current, byte @Nullable [] before) {
        if (tree.id() == SYS_TREE && current != null && !Arrays.equals(current, before)) {
            changeForever(pendingFree(), key(root(current)), value(number(key)));
        }
    }

    // ---- freeing ----

    private void discard(long root, long treeId) {
        changeForever(pendingFree(), key(root), value(treeId));
        free(root);
    }

    private void free(long root) {
        disposal.freeBelow(root);
        disposal.freeRoot(root, pendingFree(), key(root));
    }

    private void freePending() {
        List<Long> roots = new ArrayList<>();
        forEach(pendingFree(), (key, treeId) -> roots.add(number(key)));
        roots.forEach(this::free);
    }

    private long clean() {
        if (log.isShort()) {
            // What it would log is not urgent, and there is no room for it.
            return CLEAN_AGAIN_NANOS;
        }
        boolean busy = rows.transactions().hasGarbage();
        cleaning = true;
        rows.purge();
        cleanings++;
        if (!busy) {
            cleaning = false;
            busy = rows.transactions().hasGarbage();
            cleaning = busy;
        }
        // Only after a rest with nothing to do does a commit have to wake it, which costs the commit a system call.
        return busy ? CLEAN_AGAIN_NANOS : Long.MAX_VALUE;
    }

    /** Something was committed: versions may be superfluous. */
    void committed() {
        Scheduler.Worker worker = cleaner;
        if (!cleaning && worker != null) {
            worker.wake();
        }
    }

    /**
     * Waits until nothing is left of what transactions committed before had replaced or removed, that is, also until the last
     * snapshot from before has ended.
     *
     * @param check called now and then; what it throws ends the wait
     */
    public void awaitTidied(Runnable check) {
        long until = rows.transactions().visibleTime();
        awaitCleaner(check, () -> rows.transactions().oldestGarbage() > until);
        // Somebody may still be at what is not in the queue any more.
        long before = cleanings;
        awaitCleaner(check, () -> cleanings > before);
    }

    private void awaitCleaner(Runnable check, BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            check.run();
            Scheduler.Worker worker = cleaner;
            if (worker != null) {
                worker.wake();
            }
            scheduler.await(reached, reached, CLEAN_AGAIN_NANOS);
        }
    }

    /** Whether the cleaner has done all there is to do. */
    public boolean isTidy() {
        return !cleaning && !rows.transactions().hasGarbage();
    }

    /** Serialises those who check and write one key of a unique index. */
    Mutex stripe(long treeId, byte[] key) {
        return stripes[KeyHash.of(treeId, key) & STRIPES - 1];
    }

    long[] estimate(long treeId) {
        return TreeDisposal.estimate(state(treeId).tree, trees);
    }

    // ---- verify ----

    /**
     * Walks every tree. Nobody changes anything meanwhile.
     *
     * @param findings gets one line per finding
     * @param isUsed whether the allocation bitmap has a page in use
     * @return pages reached, for a look at those that are in use and belong to nothing
     */
    public BitSet verify(Consumer<String> findings, LongPredicate isUsed) {
        BitSet reached = new BitSet();
        TreeCheck check = new TreeCheck(trees.pages(), findings, page -> {
            boolean first = !reached.get((int) page);
            reached.set((int) page);
            if (!isUsed.test(page)) {
                findings.accept("page " + page + " belongs to a tree but is free in its bitmap");
            }
            return first;
        });
        check.check(SYS_TREE, directory().root());
        forEach(directory(), (key, value) -> check.check(number(key), root(value)));
        forEach(pendingFree(), (key, value) -> check.check(root(value), number(key)));
        return reached;
    }

    /** Trees there are, for {@link #verifyLive}. */
    public List<Long> trees() {
        List<Long> ids = new ArrayList<>();
        ids.add(SYS_TREE);
        forEach(directory(), (key, value) -> ids.add(number(key)));
        return ids;
    }

    /**
     * Looks whether a tree is in order, beside all other work; content that a transaction is still making is left out.
     *
     * @param findings gets one line per finding
     * @param isUsed whether the allocation bitmap has a page in use
     */
    public void verifyLive(long treeId, Consumer<String> findings, LongPredicate isUsed) {
        if (treeId == SYS_TREE) {
            new LiveTreeCheck(trees.pages(), isUsed, findings)
                    .check(treeId, directory().root(), () -> {});
            return;
        }
        boolean done = false;
        for (int attempt = 0; attempt < LIVE_ATTEMPTS && !done; attempt++) {
            done = verifyOnce(treeId, findings, isUsed);
        }
    }

    /** False if the content was replaced meanwhile: what was found says nothing. */
    private boolean verifyOnce(long treeId, Consumer<String> findings, LongPredicate isUsed) {
        StoredTransaction reading = (StoredTransaction) begin(TransactionOptions.snapshot());
        List<String> found = new ArrayList<>();
        try {
            // Pages of a tree that is dropped or emptied from here on stay until the snapshot has gone.
            reading.beginStatement();
            if (rootOf(treeId) == 0) {
                return true;
            }
            TreeState state = state(treeId);
            Txn creator = state.creator();
            long root = state.tree.root();
            if (creator != state.creator() || creator != null && creator.isUncommitted()) {
                return creator == state.creator();
            }
            try {
                new LiveTreeCheck(trees.pages(), isUsed, found::add).check(treeId, root, reading.txn::checkSnapshot);
            } catch (DatabaseException failure) {
                if (failure.code() == ErrorCode.SNAPSHOT_TOO_OLD) {
                    return false;
                }
                found.add("tree " + treeId + " cannot be read: "
                        + failure.report().message());
            }
            if (!found.isEmpty() && (states.get(treeId) != state || state.tree.root() != root)) {
                return false;
            }
            found.forEach(findings);
            return true;
        } catch (DatabaseException failure) {
            if (failure.code() == ErrorCode.UNDEFINED_TABLE) {
                return true;
            }
            throw failure;
        } finally {
            reading.rollback();
        }
    }

    private static void forEach(Tree tree, BiConsumer<byte[], byte[]> each) {
        List<byte[]> entries = new ArrayList<>();
        Leaf leaf = new Leaf();
        byte[] from = new byte[0];
        boolean more = true;
        while (more) {
            tree.seek(from, leaf);
            for (int i = leaf.index(); i < leaf.count(); i++) {
                entries.add(leaf.key(i));
                entries.add(leaf.value(i));
            }
            more = leaf.hasNext();
            from = leaf.highFence();
            tree.releaseShared(leaf);
        }
        for (int i = 0; i < entries.size(); i += 2) {
            each.accept(entries.get(i), entries.get(i + 1));
        }
    }

    // ---- rows of system trees ----

    void change(Txn txn, Tree tree, byte[] key, byte @Nullable [] value) {
        Leaf leaf = txn.leaf();
        tree.seekExclusive(key, value == null ? -1 : value.length, leaf);
        try {
            if (value != null || leaf.found()) {
                rows.change(txn, tree, leaf, key, value, false);
            }
        } finally {
            tree.releaseExclusive(leaf);
        }
    }

    /** Outside any transaction. Returns the LSN, 0 if there was nothing to remove. */
    long changeForever(Tree tree, byte[] key, byte @Nullable [] value) {
        Leaf leaf = new Leaf();
        tree.seekExclusive(key, value == null ? -1 : value.length, leaf);
        try {
            return value == null && !leaf.found()
                    ? 0
                    : RowStore.changeForever(new RecordWriter(), tree, leaf, key, value);
        } finally {
            tree.releaseExclusive(leaf);
        }
    }

    /** The greatest key of a tree below a bound, null if there is none. */
    static byte @Nullable [] lastKey(Tree tree, byte @Nullable [] bound) {
        Leaf leaf = new Leaf();
        byte[] below = bound;
        while (true) {
            tree.seekBelow(below, leaf);
            try {
                if (leaf.index() > 0) {
                    return leaf.key(leaf.index() - 1);
                }
                if (!leaf.hasPrevious()) {
                    return null;
                }
                below = leaf.lowFence();
            } finally {
                tree.releaseShared(leaf);
            }
        }
    }

    static byte[] key(long number) {
        KeyBuffer buffer = new KeyBuffer(8);
        buffer.putLong(number);
        return buffer.toArray();
    }

    static long number(byte[] key) {
        return java.nio.ByteBuffer.wrap(key).getLong();
    }

    private static long root(byte[] value) {
        return java.nio.ByteBuffer.wrap(value)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    private static byte[] value(long number) {
        return java.nio.ByteBuffer.allocate(8)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array();
    }
}
