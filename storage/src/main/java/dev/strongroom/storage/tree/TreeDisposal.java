package dev.strongroom.storage.tree;

import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.space.SpaceChange;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Frees the pages of trees that nobody uses any more. Children are freed in the same record that empties their parent, so that
 * a crash in the middle leaves a smaller tree, never a page freed twice.
 */
public final class TreeDisposal {
    private static final byte[] NONE = {};

    private final TreeStore store;
    private final PageAccess pages;
    private final MemorySegment memory;

    public TreeDisposal(TreeStore store) {
        this.store = store;
        this.pages = store.pages();
        this.memory = pages.memory();
    }

    /** Frees everything below a root; the root is an empty node afterwards. */
    public void freeBelow(long page) {
        List<Long> children = new ArrayList<>();
        int frame = pages.fixShared(page);
        long offset = pages.offset(frame);
        int level = TreeNode.level(memory, offset);
        if (level > 0) {
            int count = TreeNode.count(memory, offset);
            for (int i = 0; i <= count; i++) {
                long child = TreeNode.child(memory, offset, i);
                if (child != 0) {
                    children.add(child);
                }
            }
        }
        pages.unfixShared(frame);
        if (children.isEmpty()) {
            return;
        }
        if (level > 1) {
            children.forEach(this::freeBelow);
        }
        empty(page, children);
    }

    private void empty(long page, List<Long> children) {
        TreeScratch scratch = store.take();
        try (SpaceChange change = store.space().change()) {
            children.forEach(change::free);
            int frame = pages.fixExclusive(page);
            try {
                long offset = pages.offset(frame);
                long id = memory.get(PageLayout.LONG, offset + PageLayout.TREE);
                long image = scratch.page(0);
                TreeNode.format(scratch.memory, image, id, TreeNode.level(memory, offset), NONE, NONE, 0);
                scratch.record.begin(TreeRecords.STRUCTURE, 0, 0, id, false).formatSection(page);
                TreeRecords.image(scratch.record, scratch.memory, image);
                change.describe(scratch.record);
                long lsn = store.log().append(scratch.record);
                TreeRecords.apply(scratch.record.record(lsn), 0, memory, offset);
                pages.logged(frame, lsn);
                change.logged(scratch.record.record(lsn));
            } finally {
                pages.unfixExclusive(frame);
            }
        } finally {
            store.giveBack(scratch);
        }
    }

    /** Frees one page, and in the same action removes the entry that said it was to be freed. */
    public void freeRoot(long page, Tree pending, byte[] key) {
        Leaf leaf = new Leaf();
        TreeScratch scratch = store.take();
        pending.seekExclusive(key, -1, leaf);
        try (SpaceChange change = store.space().change()) {
            if (!leaf.found()) {
                return;
            }
            change.free(page);
            scratch.record.begin(TreeRecords.STRUCTURE, 0, 0, pending.id(), false);
            scratch.record.section(pages.page(leaf.frame), pages.lsn(leaf.frame));
            TreeRecords.delete(scratch.record, leaf.index);
            change.describe(scratch.record);
            long lsn = store.log().append(scratch.record);
            TreeRecords.apply(scratch.record.record(lsn), 0, memory, leaf.offset);
            pages.logged(leaf.frame, lsn);
            change.logged(scratch.record.record(lsn));
        } finally {
            pending.releaseExclusive(leaf);
            store.giveBack(scratch);
        }
    }

    /** Nodes on the way down the middle: about how many leaves and entries a tree has. */
    public static long[] estimate(Tree tree, TreeStore store) {
        PageAccess pages = store.pages();
        MemorySegment memory = pages.memory();
        long leaves = 1;
        int frame = pages.fixShared(tree.root());
        while (true) {
            long offset = pages.offset(frame);
            int count = TreeNode.count(memory, offset);
            if (TreeNode.isLeaf(memory, offset)) {
                pages.unfixShared(frame);
                return new long[] {leaves, leaves * count};
            }
            leaves *= count + 1;
            int child = pages.fixShared(TreeNode.child(memory, offset, count / 2));
            pages.unfixShared(frame);
            frame = child;
        }
    }
}
