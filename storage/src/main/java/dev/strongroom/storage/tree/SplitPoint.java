package dev.strongroom.storage.tree;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Where to split a node, and by which separator. */
final class SplitPoint {
    private SplitPoint() {}

    /**
     * Number of entries that stay left, at least one: about half the bytes, or nearly all of them where keys come in ascending
     * order at the tree's end; moved from there as far as needed for both halves to have room for the separator, which is a
     * fence of both. In an inner node the entry of this number moves up as the separator.
     */
    static int of(MemorySegment memory, long page, byte[] key) {
        int count = TreeNode.count(memory, page);
        boolean leaf = TreeNode.isLeaf(memory, page);
        boolean ascending = !TreeNode.hasHighFence(memory, page) && ~TreeNode.search(memory, page, key) == count;
        int[] bytesBefore = bytesBefore(memory, page, count);
        int last = leaf ? count : Math.max(1, count - 2);
        int wanted = ascending ? last : half(bytesBefore, count);
        int most = leaf && ascending ? count : Math.max(1, count - 1);
        for (int away = 0; away <= count; away++) {
            if (wanted - away >= 1 && fits(memory, page, key, bytesBefore, wanted - away)) {
                return wanted - away;
            }
            if (wanted + away <= most && fits(memory, page, key, bytesBefore, wanted + away)) {
                return wanted + away;
            }
        }
        throw new IllegalStateException("node of " + count + " entries cannot be split");
    }

    private static int[] bytesBefore(MemorySegment memory, long page, int count) {
        int[] bytesBefore = new int[count + 1];
        int prefix = TreeNode.prefixLength(memory, page);
        for (int i = 0; i < count; i++) {
            bytesBefore[i + 1] = bytesBefore[i]
                    + TreeNode.SLOT_SIZE
                    + TreeNode.CELL_HEADER
                    + TreeNode.keyLength(memory, page, i)
                    - prefix
                    + TreeNode.valueLength(memory, page, i);
        }
        return bytesBefore;
    }

    private static int half(int[] bytesBefore, int count) {
        int middle = 1;
        while (middle < count - 1 && bytesBefore[middle] < bytesBefore[count] / 2) {
            middle++;
        }
        return middle;
    }

    private static boolean fits(MemorySegment memory, long page, byte[] key, int[] bytesBefore, int middle) {
        int count = bytesBefore.length - 1;
        int separator = separator(memory, page, key, middle).length;
        int left = TreeNode.lowFence(memory, page).length + separator + bytesBefore[middle];
        int right = separator + TreeNode.highFence(memory, page).length + bytesBefore[count] - bytesBefore[middle];
        return left <= TreeNode.CAPACITY && right <= TreeNode.CAPACITY;
    }

    /** The separator between the halves when this many entries stay left. */
    static byte[] separator(MemorySegment memory, long page, byte[] key, int middle) {
        if (!TreeNode.isLeaf(memory, page)) {
            return TreeNode.key(memory, page, middle);
        }
        byte[] last = TreeNode.key(memory, page, middle - 1);
        byte[] first = middle < TreeNode.count(memory, page) ? TreeNode.key(memory, page, middle) : key;
        return separator(last, first);
    }

    /** Shortest key above {@code last} and not above {@code first}. */
    private static byte[] separator(byte[] last, byte[] first) {
        int shared = TreeNode.commonPrefix(last, first);
        return Arrays.copyOf(first, Math.min(first.length, shared + 1));
    }
}
