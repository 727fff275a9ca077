package dev.strongroom.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A log record over bytes somebody else owns; reused by pointing it elsewhere. Little-endian.
///
/// ```text
/// offset  size  content
/// 0       4     length of the record, this and the last field included
/// 4       1     kind
/// 5       1     flags: 1 = to be undone when its transaction loses
/// 6       1     number of page sections
/// 7       1     zero
/// 8       8     transaction, 0 for none
/// 16      8     previous LSN: of the transaction's record before; in a compensation record of the next one to undo
/// 24      8     tree, 0 for none
/// 32      4     length of the body
/// 36      n     body: what undo needs, and anything not about one page
///               then for each page section:
///         8       page number
///         8       previous LSN of that page; not looked at where the section formats the page
///         4       length of the section's body, with flags in the top bits: 31 formats, 30 belongs to space
///         n       section body: enough to redo this page alone
/// end-4   4     length of the record again, to walk backwards
/// ```
///
/// A record's LSN is the position in the stream where it ends (decision S-7).
public final class LogRecord {
    static final int KIND = 4;
    static final int FLAGS = KIND + 1;
    static final int SECTIONS = FLAGS + 1;
    static final int TRANSACTION = SECTIONS + 2;
    static final int PREVIOUS = TRANSACTION + 8;
    static final int TREE = PREVIOUS + 8;
    static final int BODY_LENGTH = TREE + 8;
    static final int BODY = BODY_LENGTH + 4;
    static final int SECTION_HEADER = 20;
    static final int FLAG_UNDO = 1;
    static final int FORMATS = 1 << 31;
    static final int OF_SPACE = 1 << 30;
    static final int LENGTH_MASK = OF_SPACE - 1;

    /** Shortest record. */
    public static final int MIN_LENGTH = BODY + 4;

    /** Longest record: it must fit in one frame. */
    public static final int MAX_LENGTH = 512 * 1024;

    /** Most page sections of one record. */
    public static final int MAX_SECTIONS = 127;

    static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int[] sections = new int[MAX_SECTIONS];
    private byte[] bytes = new byte[0];
    private int start;
    private long lsn;

    /**
     * Points at a record.
     *
     * @param lsn where it ends in the stream
     */
    public LogRecord at(byte[] bytes, int start, long lsn) {
        this.bytes = bytes;
        this.start = start;
        this.lsn = lsn;
        int position = start + BODY + (int) INTS.get(bytes, start + BODY_LENGTH);
        int count = bytes[start + SECTIONS];
        for (int i = 0; i < count; i++) {
            sections[i] = position;
            position += SECTION_HEADER + ((int) INTS.get(bytes, position + 16) & LENGTH_MASK);
        }
        return this;
    }

    /** Whether the bytes from {@code start} to {@code end} begin with a well-formed record. */
    public static boolean isWhole(byte[] bytes, int start, int end) {
        if (end - start < MIN_LENGTH) {
            return false;
        }
        int length = (int) INTS.get(bytes, start);
        if (length < MIN_LENGTH
                || length > end - start
                || length > MAX_LENGTH
                || (int) INTS.get(bytes, start + length - 4) != length
                || bytes[start + KIND] < 0
                || bytes[start + SECTIONS] < 0) {
            return false;
        }
        int last = start + length - 4;
        int bodyLength = (int) INTS.get(bytes, start + BODY_LENGTH);
        if (bodyLength < 0 || bodyLength > last - start - BODY) {
            return false;
        }
        int position = start + BODY + bodyLength;
        for (int i = 0; i < bytes[start + SECTIONS]; i++) {
            if (last - position < SECTION_HEADER) {
                return false;
            }
            int sectionLength = (int) INTS.get(bytes, position + 16) & LENGTH_MASK;
            if (sectionLength > last - position - SECTION_HEADER) {
                return false;
            }
            position += SECTION_HEADER + sectionLength;
        }
        return position == last;
    }

    /** Length of the record that starts here. */
    public static int lengthAt(byte[] bytes, int start) {
        return (int) INTS.get(bytes, start);
    }

    public byte[] bytes() {
        return bytes;
    }

    public int start() {
        return start;
    }

    public int length() {
        return (int) INTS.get(bytes, start);
    }

    /** Where the record ends in the stream. */
    public long lsn() {
        return lsn;
    }

    /** One of {@link RecordKind}. */
    public int kind() {
        return bytes[start + KIND];
    }

    /** Whether the record is undone when its transaction loses. */
    public boolean isUndoable() {
        return (bytes[start + FLAGS] & FLAG_UNDO) != 0;
    }

    public long transaction() {
        return (long) LONGS.get(bytes, start + TRANSACTION);
    }

    /** LSN of the record to undo after this one, 0 at the transaction's first. */
    public long previousLsn() {
        return (long) LONGS.get(bytes, start + PREVIOUS);
    }

    public long tree() {
        return (long) LONGS.get(bytes, start + TREE);
    }

    /** Index in {@link #bytes} of the body. */
    public int bodyOffset() {
        return start + BODY;
    }

    public int bodyLength() {
        return (int) INTS.get(bytes, start + BODY_LENGTH);
    }

    public int sectionCount() {
        return bytes[start + SECTIONS];
    }

    public long page(int section) {
        return (long) LONGS.get(bytes, sections[section]);
    }

    /** LSN the page had before this record. */
    public long previousPageLsn(int section) {
        return (long) LONGS.get(bytes, sections[section] + 8);
    }

    /** Whether the section makes the whole page, so that the old one is never read. */
    public boolean formats(int section) {
        return ((int) INTS.get(bytes, sections[section] + 16) & FORMATS) != 0;
    }

    /** Whether the section changes an allocation bitmap. */
    public boolean ofSpace(int section) {
        return ((int) INTS.get(bytes, sections[section] + 16) & OF_SPACE) != 0;
    }

    /** Index in {@link #bytes} of a section's body. */
    public int sectionOffset(int section) {
        return sections[section] + SECTION_HEADER;
    }

    public int sectionLength(int section) {
        return (int) INTS.get(bytes, sections[section] + 16) & LENGTH_MASK;
    }

    public byte byteAt(int index) {
        return bytes[index];
    }

    public int shortAt(int index) {
        return (short) SHORTS.get(bytes, index) & 0xFFFF;
    }

    public int intAt(int index) {
        return (int) INTS.get(bytes, index);
    }

    public long longAt(int index) {
        return (long) LONGS.get(bytes, index);
    }
}
