package dev.strongroom.storage.tree;

import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.RecordKind;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Log records of trees. A section changes one page and starts with its operation:
///
/// ```text
/// 1 insert     index (2), length of key after the prefix (2), that key, value to the end
/// 2 replace    index (2), value to the end
/// 3 delete     index (2)
/// 4 separator  index (2), length of separator after the prefix (2), left child (8), right child (8), separator
/// 5 image      length of the front (2), bytes 0 to 8 and 16 to front, bytes from the heap's start to 8144
/// 6 merge      index (2), child (8): the entry goes, what was its right neighbour's child is this one
/// ```
///
/// The body of a ROW record says what undo needs: key length (2), key, 1 if there was a value before, that value to the
/// end.
/// Undo puts the key back to that state wherever it is by then. STRUCTURE records are never undone.
public final class TreeRecords {
    /** One entry of a leaf changed. */
    public static final int ROW = RecordKind.FIRST_TREE;

    /** Split, new root, freed tree: several pages, the same keys. */
    public static final int STRUCTURE = ROW + 1;

    static final int INSERT = 1;
    static final int REPLACE = 2;
    static final int DELETE = 3;
    static final int SEPARATOR = 4;
    static final int IMAGE = 5;
    static final int MERGE = 6;

    private TreeRecords() {}

    static void insert(RecordWriter record, int index, byte[] key, int prefix, byte[] value) {
        record.putByte(INSERT).putShort(index).putShort(key.length - prefix);
        record.putBytes(key, prefix, key.length - prefix).putBytes(value, 0, value.length);
    }

    static void replace(RecordWriter record, int index, byte[] value) {
        record.putByte(REPLACE).putShort(index).putBytes(value, 0, value.length);
    }

    static void delete(RecordWriter record, int index) {
        record.putByte(DELETE).putShort(index);
    }

    static void separator(RecordWriter record, int index, byte[] key, int prefix, long left, long right) {
        record.putByte(SEPARATOR)
                .putShort(index)
                .putShort(key.length - prefix)
                .putLong(left)
                .putLong(right);
        record.putBytes(key, prefix, key.length - prefix);
    }

    static void merge(RecordWriter record, int index, long child) {
        record.putByte(MERGE).putShort(index).putLong(child);
    }

    static void image(RecordWriter record, MemorySegment memory, long page) {
        int front = TreeNode.slotsEnd(memory, page);
        int heap = TreeNode.heapStart(memory, page);
        record.putByte(IMAGE).putShort(front);
        record.putMemory(memory, page, PageLayout.LSN);
        record.putMemory(memory, page + PageLayout.TREE, front - PageLayout.TREE);
        record.putMemory(memory, page + heap, TreeNode.END - heap);
    }

    /** Redo of both kinds: brings one page from before the record to after it. */
    public static void apply(LogRecord record, int section, MemorySegment memory, long page) {
        byte[] bytes = record.bytes();
        int at = record.sectionOffset(section);
        int end = at + record.sectionLength(section);
        switch (record.byteAt(at)) {
            case INSERT -> {
                int suffix = record.shortAt(at + 3);
                int valueAt = at + 5 + suffix;
                TreeNode.insert(memory, page, record.shortAt(at + 1), bytes, at + 5, suffix, valueAt, end - valueAt);
            }
            case REPLACE -> TreeNode.replace(memory, page, record.shortAt(at + 1), bytes, at + 3, end - at - 3);
            case DELETE -> TreeNode.delete(memory, page, record.shortAt(at + 1));
            case SEPARATOR -> applySeparator(record, at, memory, page);
            case MERGE -> {
                int index = record.shortAt(at + 1);
                TreeNode.delete(memory, page, index);
                TreeNode.setChild(memory, page, index, record.longAt(at + 3));
            }
            case IMAGE -> applyImage(record, at, end, memory, page);
            default -> throw new IllegalStateException("tree operation " + record.byteAt(at));
        }
    }

    private static void applySeparator(LogRecord record, int at, MemorySegment memory, long page) {
        int index = record.shortAt(at + 1);
        int suffix = record.shortAt(at + 3);
        byte[] entry = new byte[suffix + 8];
        System.arraycopy(record.bytes(), at + 21, entry, 0, suffix);
        long left = record.longAt(at + 5);
        for (int i = 0; i < 8; i++) {
            entry[suffix + i] = (byte) (left >>> 8 * i);
        }
        TreeNode.insert(memory, page, index, entry, 0, suffix, suffix, 8);
        TreeNode.setChild(memory, page, index + 1, record.longAt(at + 13));
    }

    private static void applyImage(LogRecord record, int at, int end, MemorySegment memory, long page) {
        byte[] bytes = record.bytes();
        ValueLayout.OfByte layout = ValueLayout.JAVA_BYTE;
        int front = record.shortAt(at + 1);
        int from = at + 3;
        MemorySegment.copy(bytes, from, memory, layout, page, PageLayout.LSN);
        from += PageLayout.LSN;
        MemorySegment.copy(bytes, from, memory, layout, page + PageLayout.TREE, front - PageLayout.TREE);
        from += front - PageLayout.TREE;
        int heap = TreeNode.END - (end - from);
        memory.asSlice(page + front, heap - front).fill((byte) 0);
        MemorySegment.copy(bytes, from, memory, layout, page + heap, end - from);
    }
}
