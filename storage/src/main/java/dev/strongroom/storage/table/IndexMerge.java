package dev.strongroom.storage.table;

import dev.strongroom.common.time.Mutex;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.RowStore;
import dev.strongroom.storage.txn.Txn;
import dev.strongroom.storage.txn.WaitGraph;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries of rows into an index that writers keep in step meanwhile. An entry it puts stays, even if its transaction fails:
 * an entry says nothing by itself. An entry that is there already may be a writer's who takes it back again; whose row is not
 * held by anybody is there to stay, since a writer writes his row before its entries and takes the entries back before the row.
 * One thread.
 */
final class IndexMerge {
    private final StoredTable table;
    private final Txn txn;
    private final int index;
    private final TreeState state;
    private final Tree rows;
    private final UniqueCheck check;
    private final WaitGraph.Patience patience;
    private final RecordWriter record = new RecordWriter();
    private final Leaf leaf = new Leaf();
    private final Leaf rowLeaf = new Leaf();
    private int seen;

    IndexMerge(StoredTable table, Txn txn, int index) {
        this.table = table;
        this.txn = txn;
        this.index = index;
        this.state = table.state(index);
        this.rows = table.state(0).tree;
        this.check = new UniqueCheck(table, txn);
        this.patience = new WaitGraph.Patience(txn);
    }

    /**
     * Puts the entry of a version of a row, and waits for others where it has to.
     *
     * @param split length of the index key, which the primary key follows
     * @param excludes whether the row is to be the only one with the index key, if it still has it
     * @throws TreeFill.Duplicate it is not
     */
    void put(byte[] entry, int split, boolean excludes) {
        byte[] primaryKey = Arrays.copyOfRange(entry, split, entry.length);
        byte[] value = {(byte) split, (byte) (split >>> 8)};
        txn.checkCancelled();
        if (excludes) {
            putUnique(entry, Arrays.copyOf(entry, split), primaryKey, value);
            return;
        }
        for (Txn holder = tryPut(entry, primaryKey, value); holder != null; holder = tryPut(entry, primaryKey, value)) {
            table.store.rows.waits().await(txn, holder, seen, patience);
        }
    }

    private void putUnique(byte[] entry, byte[] indexKey, byte[] primaryKey, byte[] value) {
        Mutex stripe = table.store.stripe(state.tree.id(), indexKey);
        while (true) {
            Txn holder = null;
            stripe.lock();
            try {
                if (isFree(indexKey, primaryKey)) {
                    holder = tryPut(entry, primaryKey, value);
                    if (holder == null) {
                        return;
                    }
                }
            } finally {
                stripe.unlock();
            }
            if (holder == null) {
                check.await();
            } else {
                table.store.rows.waits().await(txn, holder, seen, patience);
            }
        }
    }

    /** Whether the row may have its key, or no longer has it; if not, that depends on {@code check.blocker()}. */
    private boolean isFree(byte[] indexKey, byte[] primaryKey) {
        byte[] other = check.look(index, indexKey, primaryKey);
        if (other == null && check.blocker() == null) {
            return true;
        }
        UniqueCheck own = new UniqueCheck(table, txn);
        byte[] still = own.lookAt(index, indexKey, primaryKey);
        if (still == null && own.blocker() == null) {
            return true;
        }
        if (other == null) {
            return false;
        }
        if (still == null) {
            check.blockedAs(own);
            return false;
        }
        throw new TreeFill.Duplicate(index, primaryKey, 0);
    }

    /** Puts an entry unless it is there; who holds the row if that may take it back. */
    private @Nullable Txn tryPut(byte[] entry, byte[] primaryKey, byte[] value) {
        table.store.log.admit();
        state.tree.seekExclusive(entry, value.length, leaf);
        try {
            if (leaf.found()) {
                return holder(primaryKey);
            }
            RowStore.changeForever(record, state.tree, leaf, entry, value);
            return null;
        } finally {
            state.tree.releaseExclusive(leaf);
        }
    }

    private @Nullable Txn holder(byte[] primaryKey) {
        rows.seek(primaryKey, rowLeaf);
        try {
            Txn holder = rowLeaf.found() ? table.store.rows.liveWriter(txn, rowLeaf, rowLeaf.index()) : null;
            seen = holder == null ? 0 : holder.releases();
            return holder;
        } finally {
            rows.releaseShared(rowLeaf);
        }
    }
}
