package dev.strongroom.storage.tree;

import dev.strongroom.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** What entries leave in a node when they are replaced, removed or moved: bytes that belong to nothing. */
final class NodeResidue {
    private static final byte[] ZEROS = new byte[TreeNode.END];

    private NodeResidue() {}

    /**
     * Zeroes all bytes of a node that belong to no entry; nothing is moved, so a record applies to the node as before. The
     * caller latches it exclusively.
     *
     * @return whether there was any
     */
    static boolean erase(MemorySegment memory, long page) {
        BitSet used = used(memory, page);
        boolean found = false;
        for (int from = used.nextClearBit(0); from < TreeNode.END; ) {
            int next = used.nextSetBit(from);
            int to = next < 0 ? TreeNode.END : next;
            MemorySegment bytes = memory.asSlice(page + from, to - from);
            if (bytes.mismatch(MemorySegment.ofArray(ZEROS).asSlice(0, to - from)) >= 0) {
                bytes.fill((byte) 0);
                found = true;
            }
            from = used.nextClearBit(to);
        }
        return found;
    }

    private static BitSet used(MemorySegment memory, long page) {
        BitSet used = new BitSet(TreeNode.END);
        used.set(0, TreeNode.slotsEnd(memory, page));
        for (int field = TreeNode.LOW_FENCE; field <= TreeNode.HIGH_FENCE; field += 4) {
            int length = shortAt(memory, page + field + 2);
            if (length != TreeNode.NO_FENCE) {
                int at = shortAt(memory, page + field);
                used.set(at, at + length);
            }
        }
        int prefix = TreeNode.prefixLength(memory, page);
        for (int index = 0; index < TreeNode.count(memory, page); index++) {
            int value = TreeNode.valueOffset(memory, page, index);
            int suffix = TreeNode.keyLength(memory, page, index) - prefix;
            used.set(value - suffix - TreeNode.CELL_HEADER, value + TreeNode.valueLength(memory, page, index));
        }
        return used;
    }

    private static int shortAt(MemorySegment memory, long at) {
        return memory.get(PageLayout.SHORT, at) & 0xFFFF;
    }
}
