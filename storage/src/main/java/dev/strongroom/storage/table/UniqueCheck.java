package dev.strongroom.storage.table;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.key.KeyEncoder;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.Txn;
import dev.strongroom.storage.txn.WaitGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for rows by the newest versions, uncommitted ones included: for unique keys and foreign keys (decision S-17). A live
 * writer in the way is to be waited for. Used by one thread.
 */
final class UniqueCheck {
    private final StoredTable table;
    private final Txn txn;
    private final Leaf leaf = new Leaf();
    private final WaitGraph.Patience patience;
    private @Nullable Txn blocker;
    private int seen;

    UniqueCheck(StoredTable table, Txn txn) {
        this.table = table;
        this.txn = txn;
        this.patience = new WaitGraph.Patience(txn);
    }

    /** Who must end before {@link #look} can tell. */
    @Nullable
    Txn blocker() {
        return blocker;
    }

    /** Who is in the way is who is in another's way. */
    void blockedAs(UniqueCheck other) {
        blocker = other.blocker;
        seen = other.seen;
    }

    void await() {
        Txn whom = blocker;
        if (whom != null) {
            table.store.rows.waits().await(txn, whom, seen, patience);
        }
    }

    /** Key of a live row, other than the one at {@code key} itself, that a new row would collide with; waits. */
    byte @Nullable [] find(int index, Row row, byte[] key) {
        if (index > 0 && !table.keys.excludes(index, row)) {
            return null;
        }
        byte[] indexKey = index == 0 ? key : table.keys.indexKey(index, row);
        if (indexKey == null) {
            return null;
        }
        while (true) {
            byte[] found = index == 0 ? lookAtRow(key) : look(index, indexKey, key);
            if (found != null || blocker == null) {
                return found;
            }
            await();
        }
    }

    private byte @Nullable [] lookAtRow(byte[] key) {
        blocker = null;
        byte[] newest = newest(key);
        return newest == null || RowCodec.isDeleted(newest) || blocker != null ? null : key;
    }

    /** As {@link #find} for a secondary index, without waiting: {@link #blocker} tells whether the answer is final. */
    byte @Nullable [] look(int index, byte[] indexKey, byte[] key) {
        blocker = null;
        Txn first = null;
        for (byte[] candidate : candidates(index, indexKey)) {
            if (Arrays.equals(candidate, key)) {
                continue;
            }
            byte[] found = lookAt(index, indexKey, candidate);
            if (blocker != null) {
                first = blocker;
            } else if (found != null) {
                return found;
            }
        }
        blocker = first;
        return null;
    }

    /** As {@link #look}, whether one row has the key. */
    byte @Nullable [] lookAt(int index, byte[] indexKey, byte[] candidate) {
        blocker = null;
        byte[] newest = newest(candidate);
        if (newest == null) {
            return null;
        }
        if (blocker == null) {
            return has(index, indexKey, newest) ? candidate : null;
        }
        // A savepoint may bring back anything the writer wrote before, a rollback what was there before him.
        if (!has(index, indexKey, newest) && replaced(candidate).stream().noneMatch(old -> has(index, indexKey, old))) {
            blocker = null;
        }
        return null;
    }

    private boolean has(int index, byte[] indexKey, byte[] image) {
        if (RowCodec.isDeleted(image)) {
            return false;
        }
        Row row = new Row(table.layout.columns().size());
        table.codec.decode(image, 0, table.keys.slots(index), table.large(table.state(0)), row);
        return Arrays.equals(table.keys.indexKey(index, row), indexKey);
    }

    /** Newest version of a row, null for none; notes its writer if it lives. */
    private byte @Nullable [] newest(byte[] key) {
        Tree tree = table.state(0).tree;
        tree.seek(key, leaf);
        try {
            if (!leaf.found()) {
                return null;
            }
            Txn writer = table.store.rows.liveWriter(txn, leaf, leaf.index());
            if (writer != null) {
                seen = writer.releases();
                blocker = writer;
            }
            return leaf.value(leaf.index());
        } finally {
            tree.releaseShared(leaf);
        }
    }

    /** Versions below the newest that a rollback of its writer could bring back. */
    private List<byte[]> replaced(byte[] key) {
        Tree tree = table.state(0).tree;
        List<byte[]> images = new ArrayList<>();
        tree.seek(key, leaf);
        try {
            if (leaf.found()) {
                long writer = table.store.rows.writer(leaf, leaf.index());
                for (byte[] image : table.store.rows.olderVersions(tree, leaf, leaf.index())) {
                    images.add(image);
                    if (RowCodec.writer(image, 0) != writer) {
                        break;
                    }
                }
            }
        } finally {
            tree.releaseShared(leaf);
        }
        return images;
    }

    /** Primary keys under an index key or prefix; of index 0 the keys with the prefix. */
    private List<byte[]> candidates(int index, byte[] prefix) {
        List<byte[]> found = new ArrayList<>();
        Tree tree = table.state(index).tree;
        byte[] end = KeyEncoder.successor(prefix);
        byte[] from = prefix;
        boolean more = true;
        while (more) {
            tree.seek(from, leaf);
            try {
                for (int i = leaf.index(); i < leaf.count(); i++) {
                    byte[] entry = leaf.key(i);
                    if (end.length > 0 && Arrays.compareUnsigned(entry, end) >= 0) {
                        return found;
                    }
                    found.add(index == 0 ? entry : Arrays.copyOfRange(entry, split(leaf, i), entry.length));
                }
                more = leaf.hasNext();
                byte[] next = leaf.highFence();
                if (more) {
                    tree.checkProgress(from, next);
                }
                from = next;
                if (more && end.length > 0 && Arrays.compareUnsigned(from, end) >= 0) {
                    return found;
                }
            } finally {
                tree.releaseShared(leaf);
            }
        }
        return found;
    }

    /** Length of the index key in an entry. */
    static int split(Leaf leaf, int index) {
        return leaf.valueByte(index, 0) & 0xFF | (leaf.valueByte(index, 1) & 0xFF) << 8;
    }

    // ---- foreign keys ----

    boolean exists(Transaction transaction, int index, byte[] prefix, boolean shareLock) {
        while (true) {
            Txn first = null;
            int firstSeen = 0;
            for (byte[] candidate : candidates(index, prefix)) {
                blocker = null;
                byte[] newest = newest(candidate);
                if (newest == null) {
                    continue;
                }
                if (blocker != null && (newest[0] & RowCodec.KEYS_CHANGED) != 0) {
                    first = blocker;
                    firstSeen = seen;
                    continue;
                }
                if (!matches(index, prefix, newest)) {
                    continue;
                }
                if (!shareLock || share(transaction, candidate)) {
                    return true;
                }
            }
            if (first == null) {
                return false;
            }
            blocker = first;
            seen = firstSeen;
            await();
        }
    }

    private boolean matches(int index, byte[] prefix, byte[] image) {
        if (RowCodec.isDeleted(image)) {
            return false;
        }
        if (index == 0) {
            return true;
        }
        Row row = new Row(table.layout.columns().size());
        table.codec.decode(image, 0, table.keys.slots(index), table.large(table.state(0)), row);
        byte[] key = table.keys.indexKey(index, row);
        return key != null
                && key.length >= prefix.length
                && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Locks the row found, if it is still there. */
    private boolean share(Transaction transaction, byte[] key) {
        Row none = new Row(table.layout.columns().size());
        long version = table.getLatest(transaction, key, none, new int[0]);
        return version >= 0
                && new RowClaim(table, transaction, txn).lock(key, version, RowLockMode.KEY_SHARE, WaitPolicy.WAIT)
                        == WriteOutcome.DONE;
    }
}
