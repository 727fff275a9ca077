package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.Txn;
import dev.strongroom.storage.txn.WaitGraph;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One attempt to change or lock a row that was read before: waits for who holds it, then judges the newest version. */
final class RowClaim {
    /** Answers of {@link #write} other than what was there before; compared by identity. */
    static final byte[] CHANGED = {1};

    static final byte[] GONE = {2};

    private final StoredTable table;
    private final Transaction transaction;
    private final Txn txn;
    private final WaitGraph.Patience patience;
    private @Nullable Txn holder;
    private int seen;

    RowClaim(StoredTable table, Transaction transaction, Txn txn) {
        this.table = table;
        this.transaction = transaction;
        this.txn = txn;
        this.patience = new WaitGraph.Patience(txn);
    }

    /**
     * Replaces a row.
     *
     * @param newRow null where {@code image} is a deleted row
     * @return what was there before, {@link #CHANGED} or {@link #GONE}
     */
    byte[] write(byte[] key, long version, @Nullable Row newRow, byte[] image) {
        TreeState primary = table.state(0);
        Tree tree = primary.tree;
        Leaf leaf = txn.leaf();
        table.store.rows.transactions().assignId(txn);
        while (true) {
            byte[] read = newRow != null && table.keys.hasUniqueIndex() ? read(tree, leaf, key) : GONE;
            boolean keysChanged = newRow == null || read != GONE && keysChanged(read, newRow, primary);
            tree.seekExclusive(key, image.length, leaf);
            try {
                holder = null;
                if (leaf.found()) {
                    wait(table.store.rows.liveWriter(txn, leaf, leaf.index()));
                }
                if (holder == null) {
                    WriteOutcome outcome = judge(leaf, version);
                    if (outcome != WriteOutcome.DONE) {
                        return outcome == WriteOutcome.GONE ? GONE : CHANGED;
                    }
                    byte[] before = leaf.value(leaf.index());
                    if (read != GONE && !Arrays.equals(read, before)) {
                        continue;
                    }
                    keysChanged |= RowCodec.writer(before, 0) == txn.id() && (before[0] & RowCodec.KEYS_CHANGED) != 0;
                    wait(blocker(key, keysChanged ? RowLockMode.UPDATE : RowLockMode.NO_KEY_UPDATE));
                    if (holder == null) {
                        RowCodec.stamp(image, txn.id(), keysChanged ? RowCodec.KEYS_CHANGED : 0);
                        table.store.rows.change(txn, tree, leaf, key, image, true);
                        return before;
                    }
                }
            } finally {
                tree.releaseExclusive(leaf);
            }
            await();
        }
    }

    private static byte[] read(Tree tree, Leaf leaf, byte[] key) {
        tree.seek(key, leaf);
        try {
            return leaf.found() ? leaf.value(leaf.index()) : GONE;
        } finally {
            tree.releaseShared(leaf);
        }
    }

    private boolean keysChanged(byte[] before, Row newRow, TreeState primary) {
        if (RowCodec.isDeleted(before)) {
            return true;
        }
        Row old = new Row(table.layout.columns().size());
        table.codec.decode(before, 0, table.keys.uniqueSlots(), table.large(primary), old);
        return table.keys.uniqueKeysDiffer(old, newRow);
    }

    WriteOutcome lock(byte[] key, long version, RowLockMode mode, WaitPolicy policy) {
        Tree tree = table.state(0).tree;
        Leaf leaf = txn.leaf();
        while (true) {
            int position = txn.position();
            holder = null;
            wait(table.store.rowLocks.acquire(txn, table.lockKey(key), mode.ordinal()));
            if (holder == null) {
                WriteOutcome outcome = lockOn(tree, leaf, key, version, mode);
                if (holder == null) {
                    if (outcome != WriteOutcome.DONE) {
                        table.store.rows.rollbackTo(txn, position);
                    }
                    return outcome;
                }
                table.store.rows.rollbackTo(txn, position);
            }
            if (policy == WaitPolicy.FAIL) {
                throw table.rowLocked();
            }
            if (policy == WaitPolicy.SKIP) {
                return WriteOutcome.SKIPPED;
            }
            await();
        }
    }

    /** The lock is in the table: is there a writer whom it does not suit? */
    private WriteOutcome lockOn(Tree tree, Leaf leaf, byte[] key, long version, RowLockMode mode) {
        tree.seek(key, leaf);
        try {
            if (!leaf.found()) {
                return judge(leaf, version);
            }
            Txn writer = table.store.rows.liveWriter(txn, leaf, leaf.index());
            if (writer == null) {
                return judge(leaf, version);
            }
            boolean keysChanged = (leaf.valueByte(leaf.index(), 0) & RowCodec.KEYS_CHANGED) != 0;
            RowLockMode held = keysChanged ? RowLockMode.UPDATE : RowLockMode.NO_KEY_UPDATE;
            if (table.store.rowLocks.conflict(held.ordinal(), mode.ordinal())) {
                wait(writer);
                return WriteOutcome.DONE;
            }
            // The writer changes no key: what it replaces can be locked under its feet.
            byte[] older = table.store.rows.latest(txn, tree, leaf, leaf.index());
            return older == null || older.length == 0
                    ? outcome(true)
                    : outcome(RowCodec.writer(older, 0), RowCodec.isDeleted(older), version);
        } finally {
            tree.releaseShared(leaf);
        }
    }

    private WriteOutcome judge(Leaf leaf, long version) {
        if (!leaf.found()) {
            return outcome(true);
        }
        boolean deleted = (leaf.valueByte(leaf.index(), 0) & RowCodec.DELETED) != 0;
        return outcome(table.store.rows.writer(leaf, leaf.index()), deleted, version);
    }

    private WriteOutcome outcome(long writer, boolean deleted, long version) {
        if (writer == txn.id() || writer == version) {
            return deleted ? WriteOutcome.GONE : WriteOutcome.DONE;
        }
        return outcome(deleted);
    }

    private WriteOutcome outcome(boolean gone) {
        if (transaction.options().isolation() != IsolationLevel.READ_COMMITTED) {
            throw TransactionErrors.concurrent(gone);
        }
        return gone ? WriteOutcome.GONE : WriteOutcome.CHANGED;
    }

    private @Nullable Txn blocker(byte[] key, RowLockMode mode) {
        return table.store.rowLocks.isEmpty()
                ? null
                : table.store.rowLocks.blocker(txn, table.lockKey(key), mode.ordinal());
    }

    private void wait(@Nullable Txn whom) {
        if (whom != null) {
            seen = whom.releases();
            holder = whom;
        }
    }

    private void await() {
        Txn whom = holder;
        if (whom != null) {
            table.store.rows.waits().await(txn, whom, seen, patience);
        }
    }
}
