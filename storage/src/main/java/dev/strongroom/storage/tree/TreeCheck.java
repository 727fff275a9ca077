package dev.strongroom.storage.tree;

import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Checks one tree: every node is of the tree, on the level and between the fences its parent says, keys ascend within the
 * fences, slots and heap keep within the page. Nobody changes the tree meanwhile.
 */
public final class TreeCheck {
    private final PageAccess pages;
    private final MemorySegment memory;
    private final Consumer<String> findings;
    private final LongPredicate firstVisit;

    /**
     * @param findings gets one line per finding
     * @param firstVisit told each page reached; false if somebody reached it before
     */
    public TreeCheck(PageAccess pages, Consumer<String> findings, LongPredicate firstVisit) {
        this.pages = pages;
        this.memory = pages.memory();
        this.findings = findings;
        this.firstVisit = firstVisit;
    }

    /** What a parent says of its child. */
    record Expected(long treeId, long page, int level, byte[] low, byte[] high) {
        String at() {
            return "page " + page + " of tree " + treeId + ": ";
        }
    }

    /** Checks the tree below a root. */
    public void check(long treeId, long root) {
        check(new Expected(treeId, root, -1, new byte[0], new byte[0]));
    }

    private void check(Expected expected) {
        if (!firstVisit.test(expected.page)) {
            findings.accept(expected.at() + "is reached a second time");
            return;
        }
        List<Expected> children = new ArrayList<>();
        int frame = pages.fixShared(expected.page);
        try {
            long offset = pages.offset(frame);
            if (checkHeader(expected, offset) && checkEntries(expected, offset) && !TreeNode.isLeaf(memory, offset)) {
                collect(expected, offset, children);
            }
        } finally {
            pages.unfixShared(frame);
        }
        children.forEach(this::check);
    }

    boolean checkHeader(Expected expected, long offset) {
        int type = PageLayout.type(memory, offset);
        if (type != Tree.PAGE_TYPE) {
            findings.accept(expected.at() + "is of type " + type + ", expected " + Tree.PAGE_TYPE);
            return false;
        }
        long treeId = memory.get(PageLayout.LONG, offset + PageLayout.TREE);
        if (treeId != expected.treeId) {
            findings.accept(expected.at() + "belongs to tree " + treeId);
            return false;
        }
        int level = TreeNode.level(memory, offset);
        if (expected.level >= 0 && level != expected.level) {
            findings.accept(expected.at() + "is on level " + level + ", expected " + expected.level);
            return false;
        }
        if (!Arrays.equals(TreeNode.lowFence(memory, offset), expected.low)
                || !Arrays.equals(TreeNode.highFence(memory, offset), expected.high)) {
            findings.accept(expected.at() + "has other fences than its parent says");
            return false;
        }
        int heap = TreeNode.heapStart(memory, offset);
        if (TreeNode.slotsEnd(memory, offset) > heap || heap > TreeNode.END) {
            findings.accept(expected.at() + "its heap starts at " + heap + ", inside its slots or behind its end");
            return false;
        }
        return true;
    }

    boolean checkEntries(Expected expected, long offset) {
        byte[] previous = expected.low;
        int count = TreeNode.count(memory, offset);
        for (int i = 0; i < count; i++) {
            int end = TreeNode.valueOffset(memory, offset, i) + TreeNode.valueLength(memory, offset, i);
            if (end > TreeNode.END) {
                findings.accept(expected.at() + "entry " + i + " ends at " + end + ", behind the heap");
                return false;
            }
            byte[] key = TreeNode.key(memory, offset, i);
            int order = Arrays.compareUnsigned(previous, key);
            if (i == 0 ? order > 0 : order >= 0) {
                findings.accept(expected.at() + "entry " + i + " is not above the one before");
                return false;
            }
            int found = TreeNode.search(memory, offset, key);
            if (found != i) {
                findings.accept(expected.at() + "entry " + i + " is found at " + found);
                return false;
            }
            previous = key;
        }
        if (!NodeHints.areRight(memory, offset)) {
            findings.accept(expected.at() + "its hints are not the heads of its entries");
            return false;
        }
        if (expected.high.length > 0 && count > 0 && Arrays.compareUnsigned(previous, expected.high) >= 0) {
            findings.accept(expected.at() + "its last entry is not below the high fence");
            return false;
        }
        return true;
    }

    boolean isLeaf(long offset) {
        return TreeNode.isLeaf(memory, offset);
    }

    /** What an inner node says of the child that covers a key. */
    Expected childFor(Expected expected, long offset, byte[] key) {
        int at = TreeNode.childIndex(memory, offset, key);
        int level = TreeNode.level(memory, offset) - 1;
        byte[] low = at == 0 ? expected.low : TreeNode.key(memory, offset, at - 1);
        byte[] high = at < TreeNode.count(memory, offset) ? TreeNode.key(memory, offset, at) : expected.high;
        return new Expected(expected.treeId, TreeNode.child(memory, offset, at), level, low, high);
    }

    private void collect(Expected expected, long offset, List<Expected> children) {
        int count = TreeNode.count(memory, offset);
        int level = TreeNode.level(memory, offset) - 1;
        byte[] low = expected.low;
        for (int i = 0; i <= count; i++) {
            byte[] high = i < count ? TreeNode.key(memory, offset, i) : expected.high;
            long child = TreeNode.child(memory, offset, i);
            // A tree that is being freed may have nodes without children.
            if (child != 0) {
                children.add(new Expected(expected.treeId, child, level, low, high));
            }
            low = high;
        }
    }
}
