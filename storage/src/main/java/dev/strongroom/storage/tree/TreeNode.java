package dev.strongroom.storage.tree;

import dev.strongroom.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// One node of a tree, read and changed where it lies. A node covers the keys from its low fence (inclusive) to its
/// high fence (exclusive) and stores keys without the prefix that both fences share. In an inner node entry i holds the
/// keys below separator i (and not below separator i-1); keys from the last separator on are under the upper child.
///
/// ```text
/// offset  size  content (after the page header, PageLayout)
/// 24      1     level: 0 leaf
/// 25      1     zero
/// 26      2     length of the shared prefix, the first bytes of the low fence
/// 28      2     start of the heap, which ends at 8144
/// 30      2     bytes of the heap no longer used
/// 32      2+2   low fence: offset, length; length FFFF = no bound
/// 36      2+2   high fence: offset, length
/// 40      8     upper child; 0 in a leaf
/// 48      64    hints: the heads of 16 slots at equal distances (NodeHints)
/// 112     8n    slots: cell offset (2), length of key after the prefix (2), head: first 4 bytes of it, big-endian (4)
/// heap          cells: value length (2), key after the prefix, value
/// ```
///
/// Reads survive torn bytes (optimistic reading): every offset is clamped to the page. Changes need the exclusive
/// latch.
final class TreeNode {
    static final int LEVEL = PageLayout.CONTENT;
    static final int PREFIX = LEVEL + 2;
    static final int HEAP = PREFIX + 2;
    static final int GARBAGE = HEAP + 2;
    static final int LOW_FENCE = GARBAGE + 2;
    static final int HIGH_FENCE = LOW_FENCE + 4;
    static final int UPPER = HIGH_FENCE + 4;
    static final int HINTS = UPPER + 8;
    static final int SLOTS = HINTS + NodeHints.SIZE;
    static final int SLOT_SIZE = 8;
    static final int CELL_HEADER = 2;
    static final int END = PageLayout.BODY_SIZE;
    static final int NO_FENCE = 0xFFFF;
    static final int CAPACITY = END - SLOTS;
    static final int MAX_COUNT = CAPACITY / SLOT_SIZE;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = PageLayout.SHORT;
    private static final ValueLayout.OfInt INT = PageLayout.INT;
    static final ValueLayout.OfInt HEAD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = PageLayout.LONG;
    private static final byte[] NONE = {};

    private TreeNode() {}

    private static int shortAt(MemorySegment memory, long at) {
        return memory.get(SHORT, at) & 0xFFFF;
    }

    private static void shortAt(MemorySegment memory, long at, int value) {
        memory.set(SHORT, at, (short) value);
    }

    static int level(MemorySegment memory, long page) {
        return memory.get(BYTE, page + LEVEL);
    }

    static boolean isLeaf(MemorySegment memory, long page) {
        return level(memory, page) == 0;
    }

    static int count(MemorySegment memory, long page) {
        return Math.min(shortAt(memory, page + PageLayout.COUNT), MAX_COUNT);
    }

    static int prefixLength(MemorySegment memory, long page) {
        return shortAt(memory, page + PREFIX);
    }

    /** Bytes an insert may use: a slot, a cell and all. */
    static int freeBytes(MemorySegment memory, long page) {
        return shortAt(memory, page + HEAP) + shortAt(memory, page + GARBAGE) - SLOTS - count(memory, page) * SLOT_SIZE;
    }

    static int usedBytes(MemorySegment memory, long page) {
        return CAPACITY - freeBytes(memory, page);
    }

    private static int cell(MemorySegment memory, long page, int index) {
        return Math.min(shortAt(memory, page + SLOTS + (long) index * SLOT_SIZE), END - CELL_HEADER);
    }

    private static int suffixLength(MemorySegment memory, long page, int index) {
        return shortAt(memory, page + SLOTS + (long) index * SLOT_SIZE + 2);
    }

    /** Length of a whole key. */
    static int keyLength(MemorySegment memory, long page, int index) {
        return prefixLength(memory, page) + suffixLength(memory, page, index);
    }

    /** Copies a whole key. */
    static void copyKey(MemorySegment memory, long page, int index, byte[] into, int at) {
        int prefix = prefixLength(memory, page);
        MemorySegment.copy(memory, BYTE, page + shortAt(memory, page + LOW_FENCE), into, at, prefix);
        MemorySegment.copy(
                memory,
                BYTE,
                page + cell(memory, page, index) + CELL_HEADER,
                into,
                at + prefix,
                suffixLength(memory, page, index));
    }

    static byte[] key(MemorySegment memory, long page, int index) {
        byte[] key = new byte[keyLength(memory, page, index)];
        copyKey(memory, page, index, key, 0);
        return key;
    }

    static int valueLength(MemorySegment memory, long page, int index) {
        return shortAt(memory, page + cell(memory, page, index));
    }

    /** Where an entry's value starts, from the start of the page. */
    static int valueOffset(MemorySegment memory, long page, int index) {
        return cell(memory, page, index) + CELL_HEADER + suffixLength(memory, page, index);
    }

    static byte[] value(MemorySegment memory, long page, int index) {
        byte[] value = new byte[valueLength(memory, page, index)];
        MemorySegment.copy(memory, BYTE, page + valueOffset(memory, page, index), value, 0, value.length);
        return value;
    }

    /** Child of an inner node; the number of entries stands for the upper child. */
    static long child(MemorySegment memory, long page, int index) {
        if (index >= count(memory, page)) {
            return memory.get(LONG, page + UPPER);
        }
        return memory.get(LONG, page + Math.min(valueOffset(memory, page, index), END - 8));
    }

    static boolean hasLowFence(MemorySegment memory, long page) {
        return shortAt(memory, page + LOW_FENCE + 2) != NO_FENCE;
    }

    static boolean hasHighFence(MemorySegment memory, long page) {
        return shortAt(memory, page + HIGH_FENCE + 2) != NO_FENCE;
    }

    /** Low fence; empty where there is none. */
    static byte[] lowFence(MemorySegment memory, long page) {
        return fence(memory, page, LOW_FENCE);
    }

    /** High fence; empty where there is none. */
    static byte[] highFence(MemorySegment memory, long page) {
        return fence(memory, page, HIGH_FENCE);
    }

    private static byte[] fence(MemorySegment memory, long page, int field) {
        int length = shortAt(memory, page + field + 2);
        if (length == NO_FENCE) {
            return NONE;
        }
        byte[] fence = new byte[length];
        MemorySegment.copy(memory, BYTE, page + shortAt(memory, page + field), fence, 0, length);
        return fence;
    }

    /**
     * Position of a key.
     *
     * @return its index, or the complement of the index of the first greater key
     */
    static int search(MemorySegment memory, long page, byte[] key) {
        int prefix = prefixLength(memory, page);
        int outside = comparePrefix(memory, page, key, prefix);
        int count = count(memory, page);
        if (outside != 0) {
            return outside < 0 ? ~0 : ~count;
        }
        int head = headOf(key, prefix);
        int low = 0;
        int high = count;
        if (count >= NodeHints.FEWEST_SLOTS) {
            int distance = NodeHints.distance(count);
            int first = NodeHints.firstNotBelow(memory, page, head);
            low = first * distance;
            int last = NodeHints.firstAbove(memory, page, head, first);
            high = last < NodeHints.COUNT ? (last + 1) * distance : count;
        }
        while (low < high) {
            int middle = low + high >>> 1;
            long slot = page + SLOTS + (long) middle * SLOT_SIZE;
            int order = Integer.compareUnsigned(memory.get(HEAD, slot + 4), head);
            if (order == 0) {
                order = compareSuffix(memory, page, middle, key, prefix);
            }
            if (order < 0) {
                low = middle + 1;
            } else if (order > 0) {
                high = middle;
            } else {
                return middle;
            }
        }
        return ~low;
    }

    /** Index of the child that covers a key. */
    static int childIndex(MemorySegment memory, long page, byte[] key) {
        int found = search(memory, page, key);
        return found >= 0 ? found + 1 : ~found;
    }

    /** Index of the child that covers the keys just below a key. */
    static int childIndexBelow(MemorySegment memory, long page, byte[] key) {
        int found = search(memory, page, key);
        return found >= 0 ? found : ~found;
    }

    private static int comparePrefix(MemorySegment memory, long page, byte[] key, int prefix) {
        if (prefix == 0) {
            return 0;
        }
        int fence = Math.min(shortAt(memory, page + LOW_FENCE), END);
        long at = page + fence;
        int shared = Math.min(Math.min(prefix, key.length), END - fence);
        for (int i = 0; i < shared; i++) {
            int order = (key[i] & 0xFF) - (memory.get(BYTE, at + i) & 0xFF);
            if (order != 0) {
                return order;
            }
        }
        return key.length < prefix ? -1 : 0;
    }

    private static int compareSuffix(MemorySegment memory, long page, int index, byte[] key, int prefix) {
        int length = suffixLength(memory, page, index);
        int cell = cell(memory, page, index) + CELL_HEADER;
        int rest = key.length - prefix;
        int shared = Math.min(Math.min(length, rest), END - cell);
        for (int i = 4; i < shared; i++) {
            int order = (memory.get(BYTE, page + cell + i) & 0xFF) - (key[prefix + i] & 0xFF);
            if (order != 0) {
                return order;
            }
        }
        // Heads are padded with zeros, so short keys may differ although their heads agree.
        return length - rest;
    }

    private static int headOf(byte[] key, int from) {
        int head = 0;
        for (int i = 0; i < 4; i++) {
            head = head << 8 | (from + i < key.length ? key[from + i] & 0xFF : 0);
        }
        return head;
    }

    // ---- changes ----

    /** Makes an empty node in a page whose body is zero. Fences of length 0 mean no bound, except an empty low fence flag. */
    static void format(MemorySegment memory, long page, long treeId, int level, byte[] low, byte[] high, long upper) {
        PageLayout.type(memory, page, Tree.PAGE_TYPE);
        memory.set(LONG, page + PageLayout.TREE, treeId);
        memory.set(BYTE, page + LEVEL, (byte) level);
        memory.set(LONG, page + UPPER, upper);
        shortAt(memory, page + HEAP, END);
        int prefix = low.length > 0 && high.length > 0 ? commonPrefix(low, high) : 0;
        shortAt(memory, page + PREFIX, prefix);
        putFence(memory, page, LOW_FENCE, low);
        putFence(memory, page, HIGH_FENCE, high);
    }

    private static void putFence(MemorySegment memory, long page, int field, byte[] fence) {
        if (fence.length == 0) {
            shortAt(memory, page + field, 0);
            shortAt(memory, page + field + 2, NO_FENCE);
            return;
        }
        int heap = shortAt(memory, page + HEAP) - fence.length;
        MemorySegment.copy(fence, 0, memory, BYTE, page + heap, fence.length);
        shortAt(memory, page + HEAP, heap);
        shortAt(memory, page + field, heap);
        shortAt(memory, page + field + 2, fence.length);
    }

    static int commonPrefix(byte[] left, byte[] right) {
        int mismatch = java.util.Arrays.mismatch(left, right);
        return mismatch < 0 ? left.length : mismatch;
    }

    /** Inserts an entry given by bytes of a record: the key without the prefix, then the value. There is room. */
    static void insert(
            MemorySegment memory, long page, int index, byte[] from, int suffixAt, int suffix, int valueAt, int value) {
        int size = CELL_HEADER + suffix + value;
        int count = count(memory, page);
        int heap = allocate(memory, page, size, SLOTS + (count + 1) * SLOT_SIZE, -1);
        long slot = page + SLOTS + (long) index * SLOT_SIZE;
        MemorySegment.copy(memory, slot, memory, slot + SLOT_SIZE, (long) (count - index) * SLOT_SIZE);
        shortAt(memory, page + PageLayout.COUNT, count + 1);
        writeCell(memory, page, heap, from, suffixAt, suffix, valueAt, value);
        shortAt(memory, slot, heap);
        shortAt(memory, slot + 2, suffix);
        int head = 0;
        for (int i = 0; i < 4; i++) {
            head = head << 8 | (i < suffix ? from[suffixAt + i] & 0xFF : 0);
        }
        memory.set(HEAD, slot + 4, head);
        NodeHints.slotsChanged(memory, page, index, count, count + 1);
    }

    private static void writeCell(
            MemorySegment memory, long page, int heap, byte[] from, int suffixAt, int suffix, int valueAt, int value) {
        shortAt(memory, page + heap, value);
        MemorySegment.copy(from, suffixAt, memory, BYTE, page + heap + CELL_HEADER, suffix);
        MemorySegment.copy(from, valueAt, memory, BYTE, page + heap + CELL_HEADER + suffix, value);
    }

    /** Replaces an entry's value. There is room. */
    static void replace(MemorySegment memory, long page, int index, byte[] from, int valueAt, int value) {
        int old = valueLength(memory, page, index);
        int cell = cell(memory, page, index);
        int suffix = suffixLength(memory, page, index);
        if (value <= old) {
            shortAt(memory, page + cell, value);
            MemorySegment.copy(from, valueAt, memory, BYTE, page + cell + CELL_HEADER + suffix, value);
            shortAt(memory, page + GARBAGE, shortAt(memory, page + GARBAGE) + old - value);
            return;
        }
        byte[] key = new byte[suffix];
        MemorySegment.copy(memory, BYTE, page + cell + CELL_HEADER, key, 0, suffix);
        shortAt(memory, page + GARBAGE, shortAt(memory, page + GARBAGE) + CELL_HEADER + suffix + old);
        int slotsEnd = SLOTS + count(memory, page) * SLOT_SIZE;
        int heap = allocate(memory, page, CELL_HEADER + suffix + value, slotsEnd, index);
        shortAt(memory, page + heap, value);
        MemorySegment.copy(key, 0, memory, BYTE, page + heap + CELL_HEADER, suffix);
        MemorySegment.copy(from, valueAt, memory, BYTE, page + heap + CELL_HEADER + suffix, value);
        shortAt(memory, page + SLOTS + (long) index * SLOT_SIZE, heap);
    }

    /** Removes an entry. */
    static void delete(MemorySegment memory, long page, int index) {
        int count = count(memory, page);
        int size = CELL_HEADER + suffixLength(memory, page, index) + valueLength(memory, page, index);
        shortAt(memory, page + GARBAGE, shortAt(memory, page + GARBAGE) + size);
        long slot = page + SLOTS + (long) index * SLOT_SIZE;
        MemorySegment.copy(memory, slot + SLOT_SIZE, memory, slot, (long) (count - index - 1) * SLOT_SIZE);
        memory.set(LONG, page + SLOTS + (long) (count - 1) * SLOT_SIZE, 0);
        shortAt(memory, page + PageLayout.COUNT, count - 1);
        NodeHints.slotsChanged(memory, page, index, count, count - 1);
    }

    static void setChild(MemorySegment memory, long page, int index, long child) {
        if (index >= count(memory, page)) {
            memory.set(LONG, page + UPPER, child);
        } else {
            memory.set(LONG, page + valueOffset(memory, page, index), child);
        }
    }

    /** Takes bytes from the heap, closing its gaps first where needed; {@code dead} is an entry whose cell is garbage. */
    private static int allocate(MemorySegment memory, long page, int size, int slotsEnd, int dead) {
        int heap = shortAt(memory, page + HEAP);
        if (heap - size < slotsEnd) {
            compact(memory, page, dead);
            heap = shortAt(memory, page + HEAP);
        }
        assert heap - size >= slotsEnd : "no room for " + size + " bytes";
        shortAt(memory, page + HEAP, heap - size);
        return heap - size;
    }

    private static void compact(MemorySegment memory, long page, int dead) {
        byte[] copy = new byte[END];
        MemorySegment.copy(memory, BYTE, page, copy, 0, END);
        int heap = END;
        for (int field = LOW_FENCE; field <= HIGH_FENCE; field += 4) {
            int length = shortAt(memory, page + field + 2);
            if (length != NO_FENCE) {
                heap -= length;
                MemorySegment.copy(copy, shortAt(memory, page + field), memory, BYTE, page + heap, length);
                shortAt(memory, page + field, heap);
            }
        }
        int count = count(memory, page);
        for (int index = 0; index < count; index++) {
            if (index == dead) {
                continue;
            }
            int cell = cell(memory, page, index);
            int value = copy[cell] & 0xFF | (copy[cell + 1] & 0xFF) << 8;
            int size = CELL_HEADER + suffixLength(memory, page, index) + value;
            heap -= size;
            MemorySegment.copy(copy, cell, memory, BYTE, page + heap, size);
            shortAt(memory, page + SLOTS + (long) index * SLOT_SIZE, heap);
        }
        shortAt(memory, page + HEAP, heap);
        shortAt(memory, page + GARBAGE, 0);
    }

    /** Appends an entry of another node; the target's prefix is at least as long. */
    static void appendFrom(MemorySegment memory, long page, int index, MemorySegment target, long targetPage) {
        byte[] key = key(memory, page, index);
        byte[] value = value(memory, page, index);
        int prefix = prefixLength(target, targetPage);
        byte[] both = java.util.Arrays.copyOf(key, key.length + value.length);
        System.arraycopy(value, 0, both, key.length, value.length);
        insert(
                target,
                targetPage,
                count(target, targetPage),
                both,
                prefix,
                key.length - prefix,
                key.length,
                value.length);
    }

    static int heapStart(MemorySegment memory, long page) {
        return shortAt(memory, page + HEAP);
    }

    static int slotsEnd(MemorySegment memory, long page) {
        return SLOTS + count(memory, page) * SLOT_SIZE;
    }
}
