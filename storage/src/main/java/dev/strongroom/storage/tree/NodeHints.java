package dev.strongroom.storage.tree;

import java.lang.foreign.MemorySegment;

/**
 * The hints of a node: the heads of 16 slots at equal distances, side by side in one cache line, so that a search looks at them
 * before it touches the slots (Leis, Haubenschild, Neumann: LeanStore, ICDE 2018). Hint i is the head of slot
 * {@code (i + 1) * distance}; all slots below it have heads that are not greater. They follow from the slots alone: whoever
 * changes slots says so, and the same change gives the same bytes when it is redone. A node with few slots has none, all zero.
 */
final class NodeHints {
    static final int COUNT = 16;
    /** Bytes in a page. */
    static final int SIZE = 4 * COUNT;
    /** Below it a binary search of the slots is over before the hints are read. */
    static final int FEWEST_SLOTS = 2 * (COUNT + 1);

    private NodeHints() {}

    /** Slots from one hint to the next; 0 for a node without hints. */
    static int distance(int slots) {
        return slots < FEWEST_SLOTS ? 0 : slots / (COUNT + 1);
    }

    private static int hint(MemorySegment memory, long page, int index) {
        return memory.get(TreeNode.HEAD, page + TreeNode.HINTS + 4L * index);
    }

    /** The first hint whose head is not below one given: entries with this head start at its slot or between it and the one before. */
    static int firstNotBelow(MemorySegment memory, long page, int head) {
        int below = 0;
        for (int step = COUNT / 2; step > 0; step /= 2) {
            below += Integer.compareUnsigned(hint(memory, page, below + step - 1), head) < 0 ? step : 0;
        }
        return below + (Integer.compareUnsigned(hint(memory, page, below), head) < 0 ? 1 : 0);
    }

    /** The first hint from one given whose head is above. */
    static int firstAbove(MemorySegment memory, long page, int head, int from) {
        int index = from;
        while (index < COUNT && hint(memory, page, index) == head) {
            index++;
        }
        return index;
    }

    /**
     * Brings the hints up to date after a slot was added or taken away.
     *
     * @param changed the slot; those below it are as they were
     */
    static void slotsChanged(MemorySegment memory, long page, int changed, int before, int after) {
        int distance = distance(after);
        if (distance == 0) {
            if (distance(before) != 0) {
                memory.asSlice(page + TreeNode.HINTS, SIZE).fill((byte) 0);
            }
            return;
        }
        int first = distance(before) == distance ? Math.max(0, (changed + distance - 1) / distance - 1) : 0;
        for (int index = first; index < COUNT; index++) {
            memory.set(TreeNode.HEAD, page + TreeNode.HINTS + 4L * index, expected(memory, page, index, distance));
        }
    }

    private static int expected(MemorySegment memory, long page, int index, int distance) {
        long slot = page + TreeNode.SLOTS + (long) (index + 1) * distance * TreeNode.SLOT_SIZE;
        return memory.get(TreeNode.HEAD, slot + 4);
    }

    /** Whether the hints are those of the slots. */
    static boolean areRight(MemorySegment memory, long page) {
        int distance = distance(TreeNode.count(memory, page));
        for (int index = 0; index < COUNT; index++) {
            if (hint(memory, page, index) != (distance == 0 ? 0 : expected(memory, page, index, distance))) {
                return false;
            }
        }
        return true;
    }
}
