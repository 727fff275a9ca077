package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.buffer.FrameRing;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.key.KeyEncoder;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.LockTable;
import dev.strongroom.storage.txn.Txn;
import dev.strongroom.storage.txn.WaitGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The engine's {@link Table}. The primary tree holds the rows under their keys, an index tree holds index key and primary key
 * with the length of the index key as value. An index entry says nothing by itself: it counts where the version of the row one
 * sees has that key (decision S-17), so changing a row only ever adds entries; those of no version any more go later. The row
 * is written before its entries, which is what lets the cleaner judge an entry by its row.
 */
final class StoredTable implements Table {
    final TableStore store;
    final TableLayout layout;
    final TableKeys keys;
    final RowCodec codec;
    final RowCleanup cleanup = new RowCleanup(this);

    StoredTable(TableStore store, TableLayout layout) {
        this.store = store;
        this.layout = layout;
        this.keys = new TableKeys(layout);
        this.codec = new RowCodec(layout);
    }

    @Override
    public TableLayout layout() {
        return layout;
    }

    @Override
    public KeyWriter keyWriter(int index) {
        return keys.writer(index);
    }

    TreeState state(int index) {
        return store.state(
                index == 0 ? layout.treeId() : layout.indexes().get(index - 1).treeId());
    }

    RowCodec.LargeValues large(TreeState primary) {
        return new LargeValueTree(store, primary, null);
    }

    // ---- inserting ----

    @Override
    public byte[] insert(Transaction transaction, Row row) {
        Txn txn = StoredTransaction.writer(transaction);
        byte[] key = newKey(row);
        insert(txn, key, row, null);
        return key;
    }

    private void insert(Txn txn, byte[] key, Row row, @Nullable FrameRing ring) {
        Collision collision = add(txn, key, row, ring);
        if (collision != null) {
            throw keys.duplicate(collision.index, row);
        }
    }

    @Override
    public byte @Nullable [] insertOrConflict(Transaction transaction, Row row, int arbiter) {
        Txn txn = StoredTransaction.writer(transaction);
        byte[] key = newKey(row);
        while (true) {
            for (int index = 0; index < keys.indexes(); index++) {
                if (arbiter < 0 || index == arbiter) {
                    byte[] other = new UniqueCheck(this, txn).find(index, row, key);
                    if (other != null) {
                        checkSeen(transaction, txn, other);
                        return other;
                    }
                }
            }
            Collision collision = add(txn, key, row, null);
            if (collision == null) {
                return null;
            }
            if (arbiter >= 0 && collision.index != arbiter) {
                throw keys.duplicate(collision.index, row);
            }
            // Somebody was faster between looking and writing: look again.
        }
    }

    /** Under a kept snapshot a row that is in the way but not seen cannot be acted on. */
    private void checkSeen(Transaction transaction, Txn txn, byte[] key) {
        if (transaction.options().isolation() == IsolationLevel.READ_COMMITTED) {
            return;
        }
        Tree tree = state(0).tree;
        Leaf leaf = txn.leaf();
        tree.seek(key, leaf);
        try {
            if (leaf.found() && !store.rows.sees(txn, store.rows.writer(leaf, leaf.index()))) {
                throw TransactionErrors.concurrent(false);
            }
        } finally {
            tree.releaseShared(leaf);
        }
    }

    byte[] newKey(Row row) {
        return keys.hidden() ? TableKeys.hiddenKey(nextRowId()) : keys.primaryKey(row);
    }

    private long nextRowId() {
        TreeState primary = state(0);
        if (primary.nextRowId.get() == 0) {
            primary.nextRowId.compareAndSet(0, lastRowId(primary.tree) + 1);
        }
        return primary.nextRowId.getAndIncrement();
    }

    private static long lastRowId(Tree tree) {
        byte[] last = TableStore.lastKey(tree, LargeValueTree.FIRST);
        return last == null ? 0 : TableStore.number(last);
    }

    private record Collision(int index) {}

    @Override
    public RowLoader loader(Transaction transaction) {
        Txn txn = StoredTransaction.writer(transaction);
        FreshLoader fresh = FreshLoader.of(this, txn);
        if (fresh != null) {
            return fresh;
        }
        LoadOrder order = new LoadOrder(this);
        return new SingleLoader(row -> {
            byte[] key = newKey(row);
            insert(txn, key, row, order.ringFor(key));
        });
    }

    /** Writes row and entries; where a key exists already nothing of it stays. */
    private @Nullable Collision add(Txn txn, byte[] key, Row row, @Nullable FrameRing ring) {
        TreeState primary = state(0);
        int start = txn.position();
        txn.leaf().ring(ring);
        boolean added;
        try {
            added = addRow(txn, primary, key, row);
        } finally {
            txn.leaf().ring(null);
        }
        if (!added) {
            store.rows.rollbackTo(txn, start);
            return new Collision(0);
        }
        for (int index = 1; index < keys.indexes(); index++) {
            if (!addEntry(txn, index, row, key)) {
                store.rows.rollbackTo(txn, start);
                return new Collision(index);
            }
        }
        return null;
    }

    private boolean addRow(Txn txn, TreeState primary, byte[] key, Row row) {
        byte[] image = codec.encode(row, RowCodec.MAX_ENTRY - key.length, new LargeValueTree(store, primary, txn));
        WaitGraph.Patience patience = new WaitGraph.Patience(txn);
        store.rows.transactions().assignId(txn);
        RowCodec.stamp(image, txn.id(), RowCodec.KEYS_CHANGED);
        Tree tree = primary.tree;
        Leaf leaf = txn.leaf();
        while (true) {
            tree.seekExclusive(key, image.length, leaf);
            Txn holder = null;
            int seen = 0;
            try {
                if (leaf.found()) {
                    holder = store.rows.liveWriter(txn, leaf, leaf.index());
                    if (holder == null && (leaf.valueByte(leaf.index(), 0) & RowCodec.DELETED) == 0) {
                        return false;
                    }
                    seen = holder == null ? 0 : holder.releases();
                }
                if (holder == null) {
                    write(store, txn, primary, leaf, key, image, true);
                    return true;
                }
            } finally {
                tree.releaseExclusive(leaf);
            }
            store.rows.waits().await(txn, holder, seen, patience);
        }
    }

    /** Adds the entry of a row to an index unless the index is unique and has the key; returns whether it did. */
    private boolean addEntry(Txn txn, int index, Row row, byte[] key) {
        byte[] indexKey = keys.indexKey(index, row);
        if (indexKey == null) {
            return true;
        }
        byte[] entry = keys.entry(index, indexKey, key);
        TreeState state = state(index);
        byte[] value = {(byte) indexKey.length, (byte) (indexKey.length >>> 8)};
        if (!keys.excludes(index, row)) {
            put(store, txn, state, entry, value, true);
            return true;
        }
        UniqueCheck check = new UniqueCheck(this, txn);
        Mutex stripe = store.stripe(state.tree.id(), indexKey);
        while (true) {
            stripe.lock();
            try {
                if (check.look(index, indexKey, key) != null) {
                    return false;
                }
                if (check.blocker() == null) {
                    put(store, txn, state, entry, value, true);
                    return true;
                }
            } finally {
                stripe.unlock();
            }
            check.await();
        }
    }

    /** Puts a value that has no versions; {@code keep} leaves one alone that is there already. */
    static void put(TableStore store, Txn txn, TreeState state, byte[] key, byte[] value, boolean keep) {
        store.log.admit();
        Leaf leaf = txn.leaf();
        state.tree.seekExclusive(key, value.length, leaf);
        try {
            if (!keep || !leaf.found()) {
                write(store, txn, state, leaf, key, value, false);
            }
        } finally {
            state.tree.releaseExclusive(leaf);
        }
    }

    /** Puts a value under a key that should not be there yet; returns whether it was not. */
    static boolean putNew(TableStore store, Txn txn, TreeState state, byte[] key, byte[] value) {
        store.log.admit();
        Leaf leaf = txn.leaf();
        state.tree.seekExclusive(key, value.length, leaf);
        try {
            if (leaf.found()) {
                return false;
            }
            write(store, txn, state, leaf, key, value, false);
            return true;
        } finally {
            state.tree.releaseExclusive(leaf);
        }
    }

    private static void write(
            TableStore store, Txn txn, TreeState state, Leaf leaf, byte[] key, byte[] value, boolean versioned) {
        if (state.isFill(txn)) {
            store.rows.fill(txn, state.tree, leaf, key, value);
        } else {
            store.rows.change(txn, state.tree, leaf, key, value, versioned);
        }
    }

    // ---- changing ----

    @Override
    public WriteOutcome update(Transaction transaction, byte[] key, long version, Row newRow) {
        Txn txn = StoredTransaction.writer(transaction);
        byte[] newKey = keys.hidden() ? key : keys.primaryKey(newRow);
        if (!Arrays.equals(key, newKey)) {
            WriteOutcome outcome = delete(transaction, key, version);
            if (outcome == WriteOutcome.DONE) {
                Collision collision = add(txn, newKey, newRow, null);
                if (collision != null) {
                    throw keys.duplicate(collision.index, newRow);
                }
            }
            return outcome;
        }
        TreeState primary = state(0);
        byte[] image = codec.encode(newRow, RowCodec.MAX_ENTRY - key.length, new LargeValueTree(store, primary, txn));
        byte[] before = new RowClaim(this, transaction, txn).write(key, version, newRow, image);
        if (before == RowClaim.CHANGED) {
            return WriteOutcome.CHANGED;
        }
        if (before == RowClaim.GONE) {
            return WriteOutcome.GONE;
        }
        Row old = new Row(layout.columns().size());
        codec.decode(before, 0, null, large(primary), old);
        List<RowCleanup.Stale> stale = new ArrayList<>();
        for (int index = 1; index < keys.indexes(); index++) {
            byte[] oldKey = keys.indexKey(index, old);
            if (Arrays.equals(oldKey, keys.indexKey(index, newRow))) {
                continue;
            }
            if (!addEntry(txn, index, newRow, key)) {
                throw keys.duplicate(index, newRow);
            }
            if (oldKey != null) {
                stale.add(new RowCleanup.Stale(index, keys.entry(index, oldKey, key)));
            }
        }
        cleanup.later(txn, primary.tree, key, before, stale, false);
        return WriteOutcome.DONE;
    }

    @Override
    public WriteOutcome delete(Transaction transaction, byte[] key, long version) {
        Txn txn = StoredTransaction.writer(transaction);
        TreeState primary = state(0);
        byte[] before = new RowClaim(this, transaction, txn).write(key, version, null, RowCodec.ghost(0));
        if (before == RowClaim.CHANGED) {
            return WriteOutcome.CHANGED;
        }
        if (before == RowClaim.GONE) {
            return WriteOutcome.GONE;
        }
        List<RowCleanup.Stale> stale = new ArrayList<>();
        if (keys.indexes() > 1) {
            Row old = new Row(layout.columns().size());
            codec.decode(before, 0, keys.indexedSlots(), large(primary), old);
            for (int index = 1; index < keys.indexes(); index++) {
                byte[] oldKey = keys.indexKey(index, old);
                if (oldKey != null) {
                    stale.add(new RowCleanup.Stale(index, keys.entry(index, oldKey, key)));
                }
            }
        }
        cleanup.later(txn, primary.tree, key, before, stale, true);
        return WriteOutcome.DONE;
    }

    @Override
    public WriteOutcome lock(Transaction transaction, byte[] key, long version, RowLockMode mode, WaitPolicy wait) {
        return new RowClaim(this, transaction, StoredTransaction.reader(transaction)).lock(key, version, mode, wait);
    }

    // ---- reading ----

    @Override
    public long get(Transaction transaction, byte[] key, Row into, int @Nullable [] columns) {
        return load(StoredTransaction.reader(transaction), key, into, columns, false);
    }

    @Override
    public long getLatest(Transaction transaction, byte[] key, Row into, int @Nullable [] columns) {
        return load(StoredTransaction.reader(transaction), key, into, columns, true);
    }

    private long load(Txn txn, byte[] key, Row into, int @Nullable [] columns, boolean latest) {
        TreeState primary = state(0);
        Tree tree = primary.tree;
        Leaf leaf = txn.leaf();
        byte[] image;
        tree.seek(key, leaf);
        try {
            if (!latest) {
                txn.read(tree, key, KeyEncoder.successor(key));
            }
            if (!leaf.found()) {
                return -1;
            }
            image = latest
                    ? store.rows.latest(txn, tree, leaf, leaf.index())
                    : store.rows.visible(txn, txn.snapshot(), tree, leaf, leaf.index());
            if (image == null) {
                image = leaf.value(leaf.index());
            }
        } finally {
            tree.releaseShared(leaf);
            txn.checkSnapshot();
        }
        if (image.length == 0 || RowCodec.isDeleted(image)) {
            return -1;
        }
        try {
            codec.decode(image, 0, columns, large(primary), into);
        } finally {
            txn.checkSnapshot();
        }
        return RowCodec.writer(image, 0);
    }

    /** All columns of a row the transaction itself has written. */
    Row newest(Txn txn, byte[] key) {
        Row row = new Row(layout.columns().size());
        load(txn, key, row, null, true);
        return row;
    }

    @Override
    public RowCursor scan(Transaction transaction, int index, ScanRange range, int @Nullable [] columns) {
        requireValid(index);
        return new StoredCursor(this, StoredTransaction.reader(transaction), index, range, columns);
    }

    @Override
    public BatchCursor scanBatches(Transaction transaction) {
        return new StoredBatchCursor(this, StoredTransaction.reader(transaction));
    }

    @Override
    public boolean existsLatest(Transaction transaction, int index, byte[] keyPrefix, boolean shareLock) {
        Txn txn = StoredTransaction.reader(transaction);
        requireValid(index);
        return new UniqueCheck(this, txn).exists(transaction, index, keyPrefix, shareLock);
    }

    /** Whoever looks for rows by an index that may lack some is wrong. */
    private void requireValid(int index) {
        if (index > 0 && !layout.indexes().get(index - 1).valid()) {
            throw new IllegalStateException(
                    "index " + layout.indexes().get(index - 1).name() + " is not valid and cannot be read by");
        }
    }

    // ---- whole table ----

    @Override
    public void truncate(Transaction transaction) {
        Txn txn = StoredTransaction.writer(transaction);
        for (int index = 0; index < keys.indexes(); index++) {
            store.replaceContent(txn, state(index).tree.id());
        }
    }

    @Override
    public void buildIndex(Transaction transaction, int index) {
        Txn txn = StoredTransaction.writer(transaction);
        new IndexBuild(this, txn, index).run();
    }

    @Override
    public void buildIndexBesideWriters(Transaction transaction, int index) {
        Txn txn = StoredTransaction.writer(transaction);
        new IndexBuild(this, txn, index).runBesideWriters();
    }

    /**
     * Frames for a scan of a tree that would take more than a quarter of the pool; null if it would not.
     *
     * @param index number of the index, 0 for the rows
     */
    @Nullable
    FrameRing ringForScan(int index) {
        PageAccess pages = store.trees.pages();
        long tree =
                index == 0 ? layout.treeId() : layout.indexes().get(index - 1).treeId();
        return store.estimate(tree)[0] > pages.frameCount() / 4 ? pages.ring() : null;
    }

    @Override
    public long estimatedRows() {
        return store.estimate(layout.treeId())[1];
    }

    @Override
    public long estimatedPages() {
        long pages = store.estimate(layout.treeId())[0];
        for (IndexLayout index : layout.indexes()) {
            pages += store.estimate(index.treeId())[0];
        }
        return pages;
    }

    LockTable.Key lockKey(byte[] key) {
        return new LockTable.Key(layout.treeId(), key);
    }

    DatabaseException rowLocked() {
        return TransactionErrors.rowLocked(layout.name());
    }
}
