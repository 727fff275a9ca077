package dev.strongroom.storage.tree;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Where to split a node, and by which separator. */
final class SplitPoint {
    private SplitPoint() {}

    /**
     * Number of entries that stay left, at least one: about half the bytes, or all of them where keys come in ascending
     * order at the tree's end. In an inner node the entry of this number moves up as the separator.
     */
    static int of(MemorySegment memory, long page, byte[] key) {
        int count = TreeNode.count(memory, page);
        boolean leaf = TreeNode.isLeaf(memory, page);
        if (leaf && !TreeNode.hasHighFence(memory, page) && ~TreeNode.search(memory, page, key) == count) {
            return count;
        }
        int half = 0;
        for (int i = 0; i < count; i++) {
            half += size(memory, page, i);
        }
        half /= 2;
        int middle = 0;
        for (int bytes = 0; middle < count && bytes < half; middle++) {
            bytes += size(memory, page, middle);
        }
        return Math.clamp(middle, 1, Math.max(1, count - 1));
    }

    private static int size(MemorySegment memory, long page, int index) {
        return TreeNode.keyLength(memory, page, index) + TreeNode.valueLength(memory, page, index) + 10;
    }

    /** Shortest key above {@code last} and not above {@code first}. */
    static byte[] separator(byte[] last, byte[] first) {
        int shared = TreeNode.commonPrefix(last, first);
        return Arrays.copyOf(first, Math.min(first.length, shared + 1));
    }
}
