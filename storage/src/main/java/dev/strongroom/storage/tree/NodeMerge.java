package dev.strongroom.storage.tree;

import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.space.SpaceChange;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Joins a thin node with a neighbour below the same parent and frees a page; where these two are all the root has, it takes their
 * place and the tree gets lower. Each merge is one logged action that is never undone. Done by the cleaner, never by readers.
 */
final class NodeMerge {
    /** Share of a node below which it is thin. */
    private static final int THIN_PERCENT = 30;

    /** Two nodes are joined if that leaves room to grow, unless one of them is empty. */
    private static final int JOINED_PERCENT = 75;

    private static final byte[] NONE = {};

    private final Tree tree;
    private final TreeStore store;
    private final PageAccess pages;
    private final MemorySegment memory;

    NodeMerge(Tree tree) {
        this.tree = tree;
        this.store = tree.store();
        this.pages = store.pages();
        this.memory = pages.memory();
    }

    /** Bytes below which a node is thin. */
    static int thin(TreeStore store) {
        return store.capacity() * THIN_PERCENT / 100;
    }

    /** Merges what is thin on the way to a key, from the leaf up. */
    void run(byte[] key) {
        for (int level = 0; merge(key, level); level++) {
            // The parent has lost an entry and may be thin now.
        }
    }

    /** Merges the node of a level that covers a key; returns whether the level above is worth a look. */
    private boolean merge(byte[] key, int level) {
        int parent = fixParent(key, level);
        if (parent < 0) {
            return false;
        }
        try {
            long above = pages.offset(parent);
            int count = TreeNode.count(memory, above);
            if (count == 0) {
                return true;
            }
            int index = Math.min(TreeNode.childIndex(memory, above, key), count - 1);
            int left = pages.fixExclusive(TreeNode.child(memory, above, index));
            try {
                int right = pages.fixExclusive(TreeNode.child(memory, above, index + 1));
                try {
                    return merge(parent, index, left, right);
                } finally {
                    pages.unfixExclusive(right);
                }
            } finally {
                pages.unfixExclusive(left);
            }
        } finally {
            pages.unfixExclusive(parent);
        }
    }

    /** Latches exclusively the node above a level that covers a key; -1 if there is none. */
    private int fixParent(byte[] key, int level) {
        int frame = pages.fixShared(tree.root());
        long offset = pages.offset(frame);
        int height = TreeNode.level(memory, offset);
        if (height <= level + 1) {
            pages.unfixShared(frame);
            if (height <= level) {
                return -1;
            }
            frame = pages.fixExclusive(tree.root());
            if (TreeNode.level(memory, pages.offset(frame)) == level + 1) {
                return frame;
            }
            pages.unfixExclusive(frame);
            return -1;
        }
        while (true) {
            long child = TreeNode.child(memory, offset, TreeNode.childIndex(memory, offset, key));
            boolean last = TreeNode.level(memory, offset) == level + 2;
            int next;
            try {
                next = last ? pages.fixExclusive(child) : pages.fixShared(child);
            } finally {
                pages.unfixShared(frame);
            }
            if (last) {
                return next;
            }
            frame = next;
            offset = pages.offset(frame);
        }
    }

    private boolean merge(int parent, int index, int left, int right) {
        long leftAt = pages.offset(left);
        long rightAt = pages.offset(right);
        int leftUsed = TreeNode.usedBytes(memory, leftAt);
        int rightUsed = TreeNode.usedBytes(memory, rightAt);
        if (Math.min(leftUsed, rightUsed) >= thin(store)) {
            return false;
        }
        long above = pages.offset(parent);
        boolean lower = pages.page(parent) == tree.root() && TreeNode.count(memory, above) == 1;
        byte[] low = lower ? NONE : TreeNode.lowFence(memory, leftAt);
        byte[] high = lower ? NONE : TreeNode.highFence(memory, rightAt);
        byte[] separator = TreeNode.isLeaf(memory, leftAt) ? NONE : TreeNode.key(memory, above, index);
        int size = size(leftAt, rightAt, low, high, separator);
        boolean empty = TreeNode.count(memory, leftAt) == 0 || TreeNode.count(memory, rightAt) == 0;
        if (size > store.capacity() * (empty ? 100 : JOINED_PERCENT) / 100) {
            return false;
        }
        TreeScratch scratch = store.take();
        try (SpaceChange change = store.space().change()) {
            long image = build(scratch, leftAt, rightAt, low, high, separator);
            RecordWriter record = scratch.record;
            record.begin(TreeRecords.STRUCTURE, 0, 0, tree.id(), false);
            record.formatSection(pages.page(lower ? parent : left));
            TreeRecords.image(record, scratch.memory, image);
            if (lower) {
                change.free(pages.page(left));
            } else {
                record.section(pages.page(parent), pages.lsn(parent));
                TreeRecords.merge(record, index, pages.page(left));
            }
            change.free(pages.page(right));
            change.describe(record);
            long lsn = store.log().append(record);
            apply(record, 0, lower ? parent : left, lsn);
            if (!lower) {
                apply(record, 1, parent, lsn);
            }
            change.logged(record.record(lsn));
        } finally {
            store.giveBack(scratch);
        }
        return !lower && TreeNode.usedBytes(memory, above) < thin(store);
    }

    private void apply(RecordWriter record, int section, int frame, long lsn) {
        TreeRecords.apply(record.record(lsn), section, memory, pages.offset(frame));
        pages.logged(frame, lsn);
    }

    private int size(long left, long right, byte[] low, byte[] high, byte[] separator) {
        int prefix = low.length > 0 && high.length > 0 ? TreeNode.commonPrefix(low, high) : 0;
        int size = low.length + high.length;
        if (separator.length > 0) {
            size += TreeNode.SLOT_SIZE + TreeNode.CELL_HEADER + separator.length - prefix + 8;
        }
        return size + entries(left, prefix) + entries(right, prefix);
    }

    private int entries(long node, int prefix) {
        int size = 0;
        for (int i = TreeNode.count(memory, node) - 1; i >= 0; i--) {
            size += TreeNode.SLOT_SIZE
                    + TreeNode.CELL_HEADER
                    + TreeNode.keyLength(memory, node, i)
                    - prefix
                    + TreeNode.valueLength(memory, node, i);
        }
        return size;
    }

    /** Both nodes as one, in the scratch. */
    private long build(TreeScratch scratch, long left, long right, byte[] low, byte[] high, byte[] separator) {
        long image = scratch.page(0);
        int leftCount = TreeNode.count(memory, left);
        int rightCount = TreeNode.count(memory, right);
        boolean leaf = TreeNode.isLeaf(memory, left);
        long upper = leaf ? 0 : TreeNode.child(memory, right, rightCount);
        TreeNode.format(scratch.memory, image, tree.id(), TreeNode.level(memory, left), low, high, upper);
        for (int i = 0; i < leftCount; i++) {
            TreeNode.appendFrom(memory, left, i, scratch.memory, image);
        }
        if (!leaf) {
            int prefix = TreeNode.prefixLength(scratch.memory, image);
            byte[] entry = Arrays.copyOf(separator, separator.length + 8);
            TreeNode.insert(
                    scratch.memory, image, leftCount, entry, prefix, separator.length - prefix, separator.length, 8);
            TreeNode.setChild(scratch.memory, image, leftCount, TreeNode.child(memory, left, leftCount));
        }
        for (int i = 0; i < rightCount; i++) {
            TreeNode.appendFrom(memory, right, i, scratch.memory, image);
        }
        return image;
    }
}
