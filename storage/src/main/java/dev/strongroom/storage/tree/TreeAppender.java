package dev.strongroom.storage.tree;

import dev.strongroom.storage.buffer.FrameRing;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.space.SpaceChange;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Fills a tree that nobody else uses from its last key on, leaf by leaf. Entries gather in memory; a full leaf is logged as an
 * image, together with the separator that hangs the next, still empty one into the tree. So the tree is whole at any time, and
 * after a crash everything below its root is found and freed with it. What was added is in the tree after {@link #finish} only.
 * One thread; after Graefe, Modern B-tree techniques, 2011 (bulk insertions).
 */
public final class TreeAppender {
    private static final byte[] NONE = {};

    private final Tree tree;
    private final TreeStore store;
    private final PageAccess pages;
    private final MemorySegment memory;
    private final int limit;
    private final TreeScratch scratch = new TreeScratch();

    // The entries of the open leaf and what follows: key and value one after the other.
    private byte[] data = new byte[4 * TreeNode.CAPACITY];
    private int[] starts = new int[512];
    private int[] keyLengths = new int[512];
    private int count;
    private int used;
    private int threshold;

    private long leaf;
    private int completed;
    /** For a load that would fill more than a quarter of the pool. */
    private @Nullable FrameRing ring;

    private byte[] low;
    private boolean changed;

    /**
     * Starts behind what is in the tree.
     *
     * @param percent how full to make leaves, to leave room for what is inserted between later
     */
    public TreeAppender(Tree tree, int percent) {
        this.tree = tree;
        this.store = tree.store();
        this.pages = store.pages();
        this.memory = pages.memory();
        this.limit = Math.max(1, store.capacity() * percent / 100);
        this.threshold = 2 * limit;
        Leaf last = new Leaf();
        tree.seekBelow(null, last);
        try {
            leaf = pages.page(last.frame);
            low = last.lowFence();
            for (int i = 0; i < last.count(); i++) {
                byte[] key = last.key(i);
                byte[] value = last.value(i);
                put(key, 0, key.length, value, 0, value.length);
            }
        } finally {
            tree.releaseShared(last);
        }
    }

    /** Whether a key is above all that are here. */
    public boolean isAbove(byte[] key, int at, int length) {
        if (count == 0) {
            return Arrays.compareUnsigned(key, at, at + length, low, 0, low.length) >= 0;
        }
        int last = starts[count - 1];
        return Arrays.compareUnsigned(key, at, at + length, data, last, last + keyLengths[count - 1]) > 0;
    }

    /** Adds an entry whose key is above all that are here. */
    public void add(byte[] key, int keyAt, int keyLength, byte[] value, int valueAt, int valueLength) {
        assert isAbove(key, keyAt, keyLength);
        changed = true;
        put(key, keyAt, keyLength, value, valueAt, valueLength);
        if (used >= threshold) {
            int whole = leafful(count - 1);
            if (whole == count - 1) {
                // The keys share so much that all of it fits one leaf: wait for more.
                threshold += limit;
            } else {
                complete(whole);
                threshold = 2 * limit;
            }
        }
    }

    private void put(byte[] key, int keyAt, int keyLength, byte[] value, int valueAt, int valueLength) {
        int length = keyLength + valueLength;
        int end = count == 0 ? 0 : end(count - 1);
        if (end + length > data.length) {
            data = Arrays.copyOf(data, Math.max(data.length * 2, end + length));
        }
        if (count + 1 >= starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            keyLengths = Arrays.copyOf(keyLengths, count * 2);
        }
        System.arraycopy(key, keyAt, data, end, keyLength);
        System.arraycopy(value, valueAt, data, end + keyLength, valueLength);
        starts[count] = end;
        keyLengths[count] = keyLength;
        starts[count + 1] = end + length;
        count++;
        used += size(length);
    }

    private int end(int index) {
        return starts[index + 1];
    }

    private static int size(int length) {
        return TreeNode.SLOT_SIZE + TreeNode.CELL_HEADER + length;
    }

    /** How many entries, at most, one leaf takes with another entry behind them. */
    private int leafful(int most) {
        int number = 0;
        int raw = 0;
        while (number < most && (number == 0 || raw - number * sharedBy(number) + low.length <= limit)) {
            raw += size(end(number) - starts[number]);
            number++;
        }
        while (number > 1) {
            byte[] separator = separator(number);
            if (raw - number * prefix(separator) + low.length + separator.length <= limit) {
                break;
            }
            number--;
            raw -= size(end(number) - starts[number]);
        }
        return number;
    }

    /** What the low fence and an entry share: more than any prefix of a leaf that ends there. */
    private int sharedBy(int index) {
        return Math.max(0, mismatch(low, 0, low.length, data, starts[index], starts[index] + keyLengths[index]));
    }

    private static int mismatch(byte[] left, int leftFrom, int leftTo, byte[] right, int rightFrom, int rightTo) {
        int found = Arrays.mismatch(left, leftFrom, leftTo, right, rightFrom, rightTo);
        return found < 0 ? leftTo - leftFrom : found;
    }

    private int prefix(byte[] separator) {
        return TreeNode.commonPrefix(low, separator);
    }

    /** Shortest key above the entry before a number and not above the entry of that number. */
    private byte[] separator(int number) {
        int from = starts[number];
        int length = keyLengths[number];
        int before = number - 1;
        int shared = mismatch(data, starts[before], starts[before] + keyLengths[before], data, from, from + length);
        return Arrays.copyOfRange(data, from, from + Math.min(length, shared + 1));
    }

    /** Writes the first entries as a full leaf; the rest goes to the next. */
    private void complete(int number) {
        if (++completed == pages.frameCount() / 4) {
            ring = pages.ring();
        }
        store.log().admit();
        byte[] separator = separator(number);
        int parent = tree.fixLastParent(separator);
        try (SpaceChange change = store.space().change()) {
            if (parent < 0) {
                completeRoot(change, number, separator);
            } else {
                completeLeaf(change, parent, number, separator);
            }
        } finally {
            if (parent >= 0) {
                pages.unfixExclusive(parent);
            }
        }
        low = separator;
        int from = starts[number];
        int end = end(count - 1);
        System.arraycopy(data, from, data, 0, end - from);
        used = 0;
        for (int i = number; i <= count; i++) {
            starts[i - number] = starts[i] - from;
            if (i < count) {
                keyLengths[i - number] = keyLengths[i];
                used += size(starts[i + 1] - starts[i]);
            }
        }
        count -= number;
    }

    private void completeLeaf(SpaceChange change, int parent, int number, byte[] separator) {
        long next = change.allocate(leaf);
        // Not as a new page: what is in it must stay if anything fails before the record is in the log.
        int left = pages.fixExclusive(leaf, ring);
        int right = -1;
        try {
            right = pages.fixNew(next, ring);
            RecordWriter record = scratch.record;
            record.begin(TreeRecords.STRUCTURE, 0, 0, tree.id(), false);
            record.formatSection(leaf);
            TreeRecords.image(record, scratch.memory, image(0, number, separator));
            record.formatSection(next);
            TreeRecords.image(record, scratch.memory, empty(1, separator));
            long above = pages.offset(parent);
            record.section(pages.page(parent), pages.lsn(parent));
            TreeRecords.separator(
                    record, TreeNode.count(memory, above), separator, TreeNode.prefixLength(memory, above), leaf, next);
            tree.finish(record, change, left, right, parent);
            leaf = next;
        } finally {
            if (right >= 0) {
                pages.unfixExclusive(right);
            }
            pages.unfixExclusive(left);
        }
    }

    private void completeRoot(SpaceChange change, int number, byte[] separator) {
        long rootPage = leaf;
        long leftPage = change.allocate(rootPage);
        long rightPage = change.allocate(leftPage);
        int root = pages.fixExclusive(rootPage);
        int left = -1;
        int right = -1;
        try {
            left = pages.fixNew(leftPage);
            right = pages.fixNew(rightPage);
            long above = scratch.page(2);
            TreeNode.format(scratch.memory, above, tree.id(), 1, NONE, NONE, rightPage);
            byte[] entry = Arrays.copyOf(separator, separator.length + 8);
            TreeNode.insert(scratch.memory, above, 0, entry, 0, separator.length, separator.length, 8);
            TreeNode.setChild(scratch.memory, above, 0, leftPage);
            RecordWriter record = scratch.record;
            record.begin(TreeRecords.STRUCTURE, 0, 0, tree.id(), false);
            record.formatSection(leftPage);
            TreeRecords.image(record, scratch.memory, image(0, number, separator));
            record.formatSection(rightPage);
            TreeRecords.image(record, scratch.memory, empty(1, separator));
            record.formatSection(rootPage);
            TreeRecords.image(record, scratch.memory, above);
            tree.finish(record, change, left, right, root);
            leaf = rightPage;
        } finally {
            if (right >= 0) {
                pages.unfixExclusive(right);
            }
            if (left >= 0) {
                pages.unfixExclusive(left);
            }
            pages.unfixExclusive(root);
        }
    }

    private long image(int slot, int number, byte[] high) {
        long image = scratch.page(slot);
        TreeNode.format(scratch.memory, image, tree.id(), 0, low, high, 0);
        int prefix = TreeNode.prefixLength(scratch.memory, image);
        for (int i = 0; i < number; i++) {
            int key = starts[i];
            int value = key + keyLengths[i];
            TreeNode.insert(
                    scratch.memory, image, i, data, key + prefix, keyLengths[i] - prefix, value, end(i) - value);
        }
        return image;
    }

    private long empty(int slot, byte[] fence) {
        long image = scratch.page(slot);
        TreeNode.format(scratch.memory, image, tree.id(), 0, fence, NONE, 0);
        return image;
    }

    /** Writes what is left. */
    public void finish() {
        if (!changed) {
            return;
        }
        while (count > 1 && used + low.length > limit) {
            complete(leafful(count - 1));
        }
        int frame = pages.fixExclusive(leaf);
        try {
            RecordWriter record = scratch.record;
            record.begin(TreeRecords.STRUCTURE, 0, 0, tree.id(), false).formatSection(leaf);
            TreeRecords.image(record, scratch.memory, image(0, count, NONE));
            long lsn = store.log().append(record);
            TreeRecords.apply(record.record(lsn), 0, memory, pages.offset(frame));
            pages.logged(frame, lsn);
        } finally {
            pages.unfixExclusive(frame);
        }
        changed = false;
    }
}
