package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.Txn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fills a new index from the newest rows. What the transaction's snapshot sees does not matter, nor does it change. Snapshots that
 * are older than the index use it too: older versions of the rows have their entries, which go like those of rows that are
 * changed later.
 *
 * <p>Where others change rows meanwhile, each leaf is looked at once: whoever changes a row later puts its entries himself. The
 * transaction's snapshot keeps the cleaner from taking a version, and its entry, before the entry is there.
 */
final class IndexBuild {
    private static final long MEMORY = 64L << 20;

    private final StoredTable table;
    private final Txn txn;
    private final int index;
    private final int[] slots;
    private final TreeState primary;
    private final RowCodec.LargeValues large;
    private final Row row;
    private final List<Found> found = new ArrayList<>();

    /**
     * A row of the leaf looked at.
     *
     * @param newest null if it is deleted
     */
    private record Found(byte[] key, byte @Nullable [] newest, List<byte[]> older) {}

    IndexBuild(StoredTable table, Txn txn, int index) {
        this.table = table;
        this.txn = txn;
        this.index = index;
        this.slots = table.keys.slots(index);
        this.primary = table.state(0);
        this.large = table.large(primary);
        this.row = new Row(table.layout.columns().size());
    }

    /** Nobody else changes the table. */
    void run() {
        fill(entries -> entries.finish(txn));
    }

    /** Others change the table, and keep the index in step. */
    void runBesideWriters() {
        fill(entries -> entries.mergeInto(new IndexMerge(table, txn, index)));
    }

    private void fill(Consumer<IndexFill> finish) {
        try (IndexFill entries = new IndexFill(table, index, MEMORY)) {
            byte[] from = {};
            while (from != null) {
                txn.checkCancelled();
                from = takeLeaf(from);
                for (Found each : found) {
                    add(entries, each);
                }
            }
            finish.accept(entries);
        } catch (TreeFill.Duplicate duplicate) {
            throw table.keys.notUnique(index, table.newest(txn, duplicate.key()));
        }
    }

    /** Where the next leaf begins; null if there is none with rows. */
    private byte @Nullable [] takeLeaf(byte[] from) {
        found.clear();
        Tree tree = primary.tree;
        Leaf leaf = txn.leaf();
        tree.seek(from, leaf);
        try {
            int limit = leaf.lowerBound(LargeValueTree.FIRST);
            for (int at = leaf.index(); at < limit; at++) {
                found.add(take(tree, leaf, at));
            }
            if (limit < leaf.count() || !leaf.hasNext()) {
                return null;
            }
            byte[] next = leaf.highFence();
            tree.checkProgress(from, next);
            return next;
        } finally {
            tree.releaseShared(leaf);
        }
    }

    private Found take(Tree tree, Leaf leaf, int at) {
        byte[] newest = table.store.rows.latest(txn, tree, leaf, at);
        byte[] image = newest == null ? leaf.value(at) : newest;
        boolean gone = image.length == 0 || RowCodec.isDeleted(image);
        boolean alone = table.store.rows.seenByAll(table.store.rows.writer(leaf, at));
        return new Found(
                leaf.key(at), gone ? null : image, alone ? List.of() : table.store.rows.olderVersions(tree, leaf, at));
    }

    private void add(IndexFill entries, Found each) {
        byte[] current = null;
        if (each.newest != null && decode(each.key, each.newest)) {
            current = table.keys.indexKey(index, row);
            entries.add(row, each.key, 0);
        }
        List<byte[]> known = new ArrayList<>();
        for (byte[] image : each.older) {
            byte[] old = !RowCodec.isDeleted(image) && decode(each.key, image) ? table.keys.indexKey(index, row) : null;
            if (old != null
                    && !Arrays.equals(old, current)
                    && known.stream().noneMatch(other -> Arrays.equals(other, old))) {
                known.add(old);
                entries.addOld(old, each.key);
                table.cleanup.laterEntry(txn, primary.tree, each.key, index, table.keys.entry(index, old, each.key));
            }
        }
    }

    /** False for a version that nobody needs any more, and whose large values are gone. */
    private boolean decode(byte[] key, byte[] image) {
        try {
            table.codec.decode(image, 0, slots, large, row);
            return true;
        } catch (DatabaseException failure) {
            if (failure.code() == ErrorCode.DATA_CORRUPTED && !isKept(key, image)) {
                return false;
            }
            throw failure;
        }
    }

    private boolean isKept(byte[] key, byte[] image) {
        Leaf leaf = txn.leaf();
        primary.tree.seek(key, leaf);
        try {
            return leaf.found()
                    && (Arrays.equals(leaf.value(leaf.index()), image)
                            || table.store.rows.olderVersions(primary.tree, leaf, leaf.index()).stream()
                                    .anyMatch(version -> Arrays.equals(version, image)));
        } finally {
            primary.tree.releaseShared(leaf);
        }
    }
}
