package dev.strongroom.storage.tree;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.storage.buffer.FrameRing;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.space.SpaceChange;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One B+tree. Descends without latches down to the leaf, or with coupled ones where others change the way too often; a leaf
 * without room is split on a second descent that latches exclusively and splits every full node it passes. Thread-safe. After
 * Graefe, Modern B-tree techniques, 2011.
 */
public final class Tree {
    /** Page type of tree nodes. */
    public static final int PAGE_TYPE = PageLayout.TYPE_FIRST_TREE;

    private static final int ATTEMPTS = 8;
    private static final int MAX_SEPARATOR = 1000 + 8 + TreeNode.CELL_HEADER + TreeNode.SLOT_SIZE;

    private final TreeStore store;
    private final PageAccess pages;
    private final MemorySegment memory;
    private final long id;
    private volatile long root;

    public Tree(TreeStore store, long id, long root) {
        this.store = store;
        this.pages = store.pages();
        this.memory = pages.memory();
        this.id = id;
        this.root = root;
    }

    /** Makes an empty tree: one leaf, in a logged action of its own. */
    public static Tree create(TreeStore store, long id) {
        return new Tree(store, id, createRoot(store, id));
    }

    /** Where a new root is noted in the action that makes it, so that no crash can lose it. */
    public interface Register {
        byte[] key(long page);

        byte[] value(long page);
    }

    /** Makes an empty root for a tree and puts an entry about it into another tree, in one logged action. */
    public static long createRoot(TreeStore store, long id, Tree registry, Register register) {
        Leaf leaf = new Leaf();
        try (SpaceChange change = store.space().change()) {
            long page = change.allocate(-1);
            byte[] key = register.key(page);
            byte[] value = register.value(page);
            registry.seekExclusive(key, value.length, leaf);
            try {
                createRoot(store, id, change, page, record -> {
                    record.section(store.pages().page(leaf.frame), store.pages().lsn(leaf.frame));
                    if (leaf.found) {
                        TreeRecords.replace(record, leaf.index, value);
                    } else {
                        int prefix = TreeNode.prefixLength(leaf.memory, leaf.offset);
                        TreeRecords.insert(record, leaf.index, key, prefix, value);
                    }
                    return leaf.frame;
                });
            } finally {
                registry.releaseExclusive(leaf);
            }
            return page;
        }
    }

    private static long createRoot(TreeStore store, long id) {
        try (SpaceChange change = store.space().change()) {
            long page = change.allocate(-1);
            createRoot(store, id, change, page, record -> -1);
            return page;
        }
    }

    /** Adds a section about another latched page to a record and returns its frame, -1 for none. */
    @FunctionalInterface
    private interface Addition {
        int addTo(RecordWriter record);
    }

    private static void createRoot(TreeStore store, long id, SpaceChange change, long page, Addition addition) {
        TreeScratch scratch = store.take();
        PageAccess pages = store.pages();
        int frame = pages.fixNew(page);
        try {
            long image = scratch.page(0);
            TreeNode.format(scratch.memory, image, id, 0, new byte[0], new byte[0], 0);
            scratch.record.begin(TreeRecords.STRUCTURE, 0, 0, id, false).formatSection(page);
            TreeRecords.image(scratch.record, scratch.memory, image);
            int other = addition.addTo(scratch.record);
            change.describe(scratch.record);
            long lsn = store.log().append(scratch.record);
            TreeRecords.apply(scratch.record.record(lsn), 0, pages.memory(), pages.offset(frame));
            pages.logged(frame, lsn);
            if (other >= 0) {
                TreeRecords.apply(scratch.record.record(lsn), 1, pages.memory(), pages.offset(other));
                pages.logged(other, lsn);
            }
            change.logged(scratch.record.record(lsn));
        } finally {
            pages.unfixExclusive(frame);
            store.giveBack(scratch);
        }
    }

    public long id() {
        return id;
    }

    public long root() {
        return root;
    }

    /** Gives the tree other content, or its old one back; nobody else uses the tree meanwhile. */
    public void root(long page) {
        root = page;
    }

    // ---- reading ----

    /**
     * Checks that a walk from leaf to leaf gets anywhere: where a page is not the one its parent expects, a fence may lead back.
     *
     * @param lower the fence that must be the lower one of the two
     */
    public void checkProgress(byte[] lower, byte[] upper) {
        if (Arrays.compareUnsigned(lower, upper) >= 0) {
            throw NumberedError.PAGE_AUTHENTICATION.exception(
                    "tree " + id
                            + ": a leaf does not cover the key it was found by; one of its pages is not the one that was written last");
        }
    }

    /** Latches shared the leaf that covers a key. */
    public void seek(byte[] key, Leaf leaf) {
        seek(key, leaf, null);
    }

    /**
     * As {@link #seek(byte[], Leaf)}.
     *
     * @param ring frames to use for a leaf that is not in memory, null for any
     */
    public void seek(byte[] key, Leaf leaf, @Nullable FrameRing ring) {
        int frame = glide(key, false, ring);
        if (frame < 0) {
            frame = couple(key);
        }
        found(leaf, frame, pages.offset(frame), key);
    }

    /** Descends with coupled shared latches. */
    private int couple(byte[] key) {
        int frame = pages.fixShared(root);
        long offset = pages.offset(frame);
        while (!TreeNode.isLeaf(memory, offset)) {
            frame = step(frame, TreeNode.child(memory, offset, TreeNode.childIndex(memory, offset, key)), null);
            offset = pages.offset(frame);
        }
        return frame;
    }

    /** Latches a child shared and lets go of its parent, whatever happens. */
    private int step(int parent, long child, @Nullable FrameRing ring) {
        try {
            return pages.fixShared(child, ring);
        } finally {
            pages.unfixShared(parent);
        }
    }

    /** Latches a child and lets go of its parent, whatever happens. */
    private int step(int parent, long child, boolean exclusive, @Nullable FrameRing ring) {
        try {
            return exclusive ? pages.fixExclusive(child, ring) : pages.fixShared(child);
        } finally {
            pages.unfixShared(parent);
        }
    }

    /**
     * Descends without latching inner nodes: what was read of one counts if it has not changed by the time its child is
     * reached (Leis, Haubenschild, Neumann: optimistic lock coupling, 2019).
     *
     * @return frame of the leaf, latched; -1 if others were in the way too often
     */
    private int glide(byte[] key, boolean exclusive, @Nullable FrameRing ring) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int frame = glideOnce(key, exclusive, ring);
            if (frame >= 0) {
                return frame;
            }
        }
        return -1;
    }

    private int glideOnce(byte[] key, boolean exclusive, @Nullable FrameRing ring) {
        long page = root;
        int frame = pages.frameOf(page);
        long version = pages.optimisticVersion(frame, page);
        while (version >= 0) {
            long offset = pages.offset(frame);
            int level = TreeNode.level(memory, offset);
            if (level == 0) {
                return page == root ? fixRootLeaf(page, exclusive) : -1;
            }
            long child = TreeNode.child(memory, offset, TreeNode.childIndex(memory, offset, key));
            if (!pages.validate(frame, version)) {
                return -1;
            }
            if (level == 1) {
                int leaf = exclusive ? pages.fixExclusive(child, ring) : pages.fixShared(child, ring);
                if (pages.validate(frame, version)) {
                    return leaf;
                }
                unfix(leaf, exclusive);
                return -1;
            }
            int childFrame = pages.frameOf(child);
            long childVersion = pages.optimisticVersion(childFrame, child);
            if (!pages.validate(frame, version)) {
                return -1;
            }
            page = child;
            frame = childFrame;
            version = childVersion;
        }
        return -1;
    }

    private int fixRootLeaf(long page, boolean exclusive) {
        int frame = exclusive ? pages.fixExclusive(page) : pages.fixShared(page);
        if (TreeNode.isLeaf(memory, pages.offset(frame))) {
            return frame;
        }
        unfix(frame, exclusive);
        return -1;
    }

    private void unfix(int frame, boolean exclusive) {
        if (exclusive) {
            pages.unfixExclusive(frame);
        } else {
            pages.unfixShared(frame);
        }
    }

    /** Latches shared the leaf that covers the keys just below a key, or the last one without a key. */
    public void seekBelow(byte @Nullable [] key, Leaf leaf) {
        seekBelow(key, leaf, null);
    }

    /**
     * As {@link #seekBelow(byte[], Leaf)}.
     *
     * @param ring frames to use for a leaf that is not in memory, null for any
     */
    public void seekBelow(byte @Nullable [] key, Leaf leaf, @Nullable FrameRing ring) {
        int frame = pages.fixShared(root);
        long offset = pages.offset(frame);
        for (int level = TreeNode.level(memory, offset); level > 0; level = TreeNode.level(memory, offset)) {
            int index = key == null ? TreeNode.count(memory, offset) : TreeNode.childIndexBelow(memory, offset, key);
            frame = step(frame, TreeNode.child(memory, offset, index), level == 1 ? ring : null);
            offset = pages.offset(frame);
        }
        if (key == null) {
            leaf.memory = memory;
            leaf.frame = frame;
            leaf.offset = offset;
            leaf.index = TreeNode.count(memory, offset);
            leaf.found = false;
        } else {
            found(leaf, frame, offset, key);
        }
    }

    public void releaseShared(Leaf leaf) {
        pages.unfixShared(leaf.frame);
    }

    private void found(Leaf leaf, int frame, long offset, byte[] key) {
        int index = TreeNode.search(memory, offset, key);
        leaf.memory = memory;
        leaf.frame = frame;
        leaf.offset = offset;
        leaf.found = index >= 0;
        leaf.index = index >= 0 ? index : ~index;
    }

    // ---- changing ----

    /**
     * Latches exclusively the leaf that covers a key, with room for a value under it.
     *
     * @param valueLength bytes of the value to come, -1 if none comes
     */
    public void seekExclusive(byte[] key, int valueLength, Leaf leaf) {
        while (true) {
            int frame = fixLeafExclusive(key, leaf.ring);
            found(leaf, frame, pages.offset(frame), key);
            if (valueLength < 0 || fits(leaf, key, valueLength)) {
                return;
            }
            pages.unfixExclusive(frame);
            makeRoom(key, valueLength, leaf.ring);
        }
    }

    public void releaseExclusive(Leaf leaf) {
        pages.unfixExclusive(leaf.frame);
    }

    private boolean fits(Leaf leaf, byte[] key, int valueLength) {
        int needed = leaf.found ? valueLength - leaf.valueLength(leaf.index) : entrySize(leaf.offset, key, valueLength);
        if (needed <= 0) {
            return true;
        }
        int spare = TreeNode.count(memory, leaf.offset) < 2 ? 0 : TreeNode.CAPACITY - store.capacity();
        return needed <= TreeNode.freeBytes(memory, leaf.offset) - spare;
    }

    private int entrySize(long offset, byte[] key, int valueLength) {
        return TreeNode.SLOT_SIZE
                + TreeNode.CELL_HEADER
                + key.length
                - TreeNode.prefixLength(memory, offset)
                + valueLength;
    }

    private int fixLeafExclusive(byte[] key, @Nullable FrameRing ring) {
        int glided = glide(key, true, ring);
        if (glided >= 0) {
            return glided;
        }
        while (true) {
            int frame = pages.fixShared(root);
            long offset = pages.offset(frame);
            int level = TreeNode.level(memory, offset);
            if (level == 0) {
                pages.unfixShared(frame);
                frame = pages.fixExclusive(root);
                if (TreeNode.isLeaf(memory, pages.offset(frame))) {
                    return frame;
                }
                pages.unfixExclusive(frame);
                continue;
            }
            while (true) {
                long child = TreeNode.child(memory, offset, TreeNode.childIndex(memory, offset, key));
                int next = step(frame, child, level == 1, ring);
                if (level == 1) {
                    return next;
                }
                frame = next;
                offset = pages.offset(frame);
                level--;
            }
        }
    }

    /** Writes an entry of a leaf latched exclusively, where {@link #seekExclusive} found its place. The record is begun. */
    public long put(Leaf leaf, byte[] key, byte[] value, RecordWriter record) {
        record.section(pages.page(leaf.frame), pages.lsn(leaf.frame));
        if (leaf.found) {
            TreeRecords.replace(record, leaf.index, value);
        } else {
            TreeRecords.insert(record, leaf.index, key, TreeNode.prefixLength(memory, leaf.offset), value);
        }
        return log(leaf, record);
    }

    /** Removes the entry at the position of a leaf latched exclusively. The record is begun. */
    public long remove(Leaf leaf, RecordWriter record) {
        assert leaf.found;
        record.section(pages.page(leaf.frame), pages.lsn(leaf.frame));
        TreeRecords.delete(record, leaf.index);
        return log(leaf, record);
    }

    /**
     * For the cleaner: takes away an entry as {@link #remove} does, releases the leaf, and merges it with a neighbour if it has
     * become thin by this, or empty.
     */
    public long removeAndTidy(Leaf leaf, RecordWriter record) {
        long lsn;
        boolean tidy;
        byte[] key = leaf.key(leaf.index);
        try {
            int before = TreeNode.usedBytes(memory, leaf.offset);
            lsn = remove(leaf, record);
            int after = TreeNode.usedBytes(memory, leaf.offset);
            int thin = NodeMerge.thin(store);
            // Only on the way down: a thin leaf whose neighbours are full is not tried for every entry it loses.
            tidy = before >= thin && after < thin
                    || before >= thin / 2 && after < thin / 2
                    || TreeNode.count(memory, leaf.offset) == 0;
        } finally {
            releaseExclusive(leaf);
        }
        if (tidy) {
            new NodeMerge(this).run(key);
        }
        return lsn;
    }

    private long log(Leaf leaf, RecordWriter record) {
        long lsn = store.log().append(record);
        TreeRecords.apply(record.record(lsn), 0, memory, leaf.offset);
        pages.logged(leaf.frame, lsn);
        return lsn;
    }

    // ---- splitting ----

    private void makeRoom(byte[] key, int valueLength, @Nullable FrameRing ring) {
        int parent = -1;
        int frame = pages.fixExclusive(root);
        try {
            while (true) {
                if (isFull(frame, key, valueLength)) {
                    if (parent < 0) {
                        splitRoot(frame, key);
                    } else {
                        split(parent, frame, key, ring);
                    }
                    return;
                }
                long offset = pages.offset(frame);
                if (TreeNode.isLeaf(memory, offset)) {
                    return;
                }
                if (parent >= 0) {
                    pages.unfixExclusive(parent);
                }
                parent = frame;
                frame = -1;
                frame = pages.fixExclusive(
                        TreeNode.child(memory, offset, TreeNode.childIndex(memory, offset, key)),
                        TreeNode.level(memory, offset) == 1 ? ring : null);
            }
        } finally {
            if (frame >= 0) {
                pages.unfixExclusive(frame);
            }
            if (parent >= 0) {
                pages.unfixExclusive(parent);
            }
        }
    }

    private boolean isFull(int frame, byte[] key, int valueLength) {
        long offset = pages.offset(frame);
        if (TreeNode.isLeaf(memory, offset)) {
            if (valueLength < 0) {
                return false;
            }
            Leaf leaf = new Leaf();
            found(leaf, frame, offset, key);
            return !fits(leaf, key, valueLength);
        }
        return isFullBranch(offset);
    }

    private boolean isFullBranch(long offset) {
        int spare = TreeNode.CAPACITY - store.capacity();
        return TreeNode.count(memory, offset) >= 3
                && TreeNode.freeBytes(memory, offset) - spare < Math.min(MAX_SEPARATOR, store.capacity() / 4);
    }

    /**
     * For {@link TreeAppender}: latches exclusively the parent of the last leaf, with room for a separator.
     *
     * @return its frame, -1 if the root is a leaf
     */
    int fixLastParent(byte[] separator) {
        while (true) {
            int frame = pages.fixExclusive(root);
            long offset = pages.offset(frame);
            if (TreeNode.isLeaf(memory, offset)) {
                pages.unfixExclusive(frame);
                return -1;
            }
            boolean full = isFullBranch(offset);
            while (!full && TreeNode.level(memory, offset) > 1) {
                int child;
                try {
                    child = pages.fixExclusive(TreeNode.child(memory, offset, TreeNode.count(memory, offset)));
                } finally {
                    pages.unfixExclusive(frame);
                }
                frame = child;
                offset = pages.offset(frame);
                full = isFullBranch(offset);
            }
            if (!full) {
                return frame;
            }
            pages.unfixExclusive(frame);
            makeRoom(separator, -1, null);
        }
    }

    TreeStore store() {
        return store;
    }

    /** Splits a node below a parent that has room: the left half stays in its page. */
    private void split(int parent, int frame, byte[] key, @Nullable FrameRing ring) {
        TreeScratch scratch = store.take();
        try (SpaceChange change = store.space().change()) {
            long offset = pages.offset(frame);
            long leftPage = pages.page(frame);
            long rightPage = change.allocate(leftPage);
            int right = pages.fixNew(rightPage, TreeNode.isLeaf(memory, offset) ? ring : null);
            try {
                byte[] separator = divide(offset, key, scratch);
                RecordWriter record = scratch.record;
                record.begin(TreeRecords.STRUCTURE, 0, 0, id, false);
                record.formatSection(leftPage);
                TreeRecords.image(record, scratch.memory, 0);
                record.formatSection(rightPage);
                TreeRecords.image(record, scratch.memory, PageLayout.PAGE_SIZE);
                long above = pages.offset(parent);
                record.section(pages.page(parent), pages.lsn(parent));
                TreeRecords.separator(
                        record,
                        TreeNode.childIndex(memory, above, separator),
                        separator,
                        TreeNode.prefixLength(memory, above),
                        leftPage,
                        rightPage);
                finish(record, change, frame, right, parent);
            } finally {
                pages.unfixExclusive(right);
            }
        } finally {
            store.giveBack(scratch);
        }
    }

    /** Moves the root's content into two new children; the root keeps its page (decision S-13). */
    private void splitRoot(int frame, byte[] key) {
        TreeScratch scratch = store.take();
        try (SpaceChange change = store.space().change()) {
            long offset = pages.offset(frame);
            long leftPage = change.allocate(pages.page(frame));
            long rightPage = change.allocate(leftPage);
            int left = pages.fixNew(leftPage);
            int right = -1;
            try {
                right = pages.fixNew(rightPage);
                byte[] separator = divide(offset, key, scratch);
                long image = scratch.page(2);
                int level = TreeNode.level(memory, offset) + 1;
                TreeNode.format(
                        scratch.memory,
                        image,
                        id,
                        level,
                        TreeNode.lowFence(memory, offset),
                        TreeNode.highFence(memory, offset),
                        rightPage);
                byte[] entry = java.util.Arrays.copyOf(separator, separator.length + 8);
                TreeNode.insert(scratch.memory, image, 0, entry, 0, separator.length, separator.length, 8);
                TreeNode.setChild(scratch.memory, image, 0, leftPage);
                RecordWriter record = scratch.record;
                record.begin(TreeRecords.STRUCTURE, 0, 0, id, false);
                record.formatSection(leftPage);
                TreeRecords.image(record, scratch.memory, 0);
                record.formatSection(rightPage);
                TreeRecords.image(record, scratch.memory, PageLayout.PAGE_SIZE);
                record.formatSection(pages.page(frame));
                TreeRecords.image(record, scratch.memory, image);
                finish(record, change, left, right, frame);
            } finally {
                if (right >= 0) {
                    pages.unfixExclusive(right);
                }
                pages.unfixExclusive(left);
            }
        } finally {
            store.giveBack(scratch);
        }
    }

    void finish(RecordWriter record, SpaceChange change, int first, int second, int third) {
        change.describe(record);
        long lsn = store.log().append(record);
        int[] frames = {first, second, third};
        for (int section = 0; section < frames.length; section++) {
            TreeRecords.apply(record.record(lsn), section, memory, pages.offset(frames[section]));
            pages.logged(frames[section], lsn);
        }
        change.logged(record.record(lsn));
    }

    /** Builds both halves of a node in pages 0 and 1 of the scratch; returns the separator between them. */
    private byte[] divide(long offset, byte[] key, TreeScratch scratch) {
        int count = TreeNode.count(memory, offset);
        int level = TreeNode.level(memory, offset);
        byte[] low = TreeNode.lowFence(memory, offset);
        byte[] high = TreeNode.highFence(memory, offset);
        boolean leaf = level == 0;
        int middle = SplitPoint.of(memory, offset, key);
        byte[] separator = SplitPoint.separator(memory, offset, key, middle);
        long left = scratch.page(0);
        long right = scratch.page(1);
        long leftUpper = leaf ? 0 : TreeNode.child(memory, offset, middle);
        TreeNode.format(scratch.memory, left, id, level, low, separator, leftUpper);
        TreeNode.format(scratch.memory, right, id, level, separator, high, TreeNode.child(memory, offset, count));
        for (int i = 0; i < middle; i++) {
            TreeNode.appendFrom(memory, offset, i, scratch.memory, left);
        }
        for (int i = leaf ? middle : middle + 1; i < count; i++) {
            TreeNode.appendFrom(memory, offset, i, scratch.memory, right);
        }
        return separator;
    }
}
