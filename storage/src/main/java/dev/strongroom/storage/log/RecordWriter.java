package dev.strongroom.storage.log;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Builds one record after another in a buffer of its own, without allocating. Order of calls: {@link #begin}, body bytes,
 * then per page {@link #section} or {@link #formatSection} and its bytes, then {@link LogStream#append}. Owned by one thread
 * at a time. The layout is {@link LogRecord}'s.
 */
public final class RecordWriter {
    private static final byte[] NONE = {};
    private static final int FIRST_SIZE = 1024;

    private byte[] bytes = NONE;
    private int position;
    private int openSection;
    private int sectionCount;
    private final LogRecord view = new LogRecord();

    /** Gives its buffer back; the next record makes another. */
    public void release() {
        bytes = NONE;
    }

    /**
     * Starts a record.
     *
     * @param transaction 0 for none: then it is never undone
     * @param previousLsn LSN of the transaction's previous record; in a compensation record LSN of the next one to undo
     * @param undoable whether recovery hands it to the kind's {@link UndoHandler} if the transaction loses
     */
    public RecordWriter begin(int kind, long transaction, long previousLsn, long tree, boolean undoable) {
        assert kind > 0 && kind < RecordKind.COUNT;
        if (bytes == NONE) {
            // Transactions that only read never get here.
            bytes = new byte[FIRST_SIZE];
        }
        position = LogRecord.BODY;
        openSection = -1;
        sectionCount = 0;
        bytes[LogRecord.KIND] = (byte) kind;
        bytes[LogRecord.FLAGS] = (byte) (undoable ? LogRecord.FLAG_UNDO : 0);
        bytes[LogRecord.SECTIONS + 1] = 0;
        LogRecord.LONGS.set(bytes, LogRecord.TRANSACTION, transaction);
        LogRecord.LONGS.set(bytes, LogRecord.PREVIOUS, previousLsn);
        LogRecord.LONGS.set(bytes, LogRecord.TREE, tree);
        return this;
    }

    /**
     * Starts the section of a page that is changed.
     *
     * @param previousPageLsn the page's LSN now
     */
    public RecordWriter section(long page, long previousPageLsn) {
        return open(page, previousPageLsn, 0);
    }

    /** Starts the section of a page that is made anew, whatever it held. */
    public RecordWriter formatSection(long page) {
        return open(page, 0, LogRecord.FORMATS);
    }

    /** Starts the section of an allocation bitmap; for {@code storage.space} only. */
    public RecordWriter spaceSection(long page, long previousPageLsn, boolean formats) {
        return open(page, previousPageLsn, LogRecord.OF_SPACE | (formats ? LogRecord.FORMATS : 0));
    }

    private RecordWriter open(long page, long previousPageLsn, int flags) {
        closeOpen();
        assert sectionCount < LogRecord.MAX_SECTIONS;
        ensure(LogRecord.SECTION_HEADER);
        openSection = position;
        sectionCount++;
        LogRecord.LONGS.set(bytes, position, page);
        LogRecord.LONGS.set(bytes, position + 8, previousPageLsn);
        LogRecord.INTS.set(bytes, position + 16, flags);
        position += LogRecord.SECTION_HEADER;
        return this;
    }

    private void closeOpen() {
        if (openSection < 0) {
            LogRecord.INTS.set(bytes, LogRecord.BODY_LENGTH, position - LogRecord.BODY);
        } else {
            int flags = (int) LogRecord.INTS.get(bytes, openSection + 16);
            LogRecord.INTS.set(bytes, openSection + 16, flags | (position - openSection - LogRecord.SECTION_HEADER));
        }
    }

    public RecordWriter putByte(int value) {
        ensure(1);
        bytes[position++] = (byte) value;
        return this;
    }

    public RecordWriter putShort(int value) {
        ensure(2);
        LogRecord.SHORTS.set(bytes, position, (short) value);
        position += 2;
        return this;
    }

    public RecordWriter putInt(int value) {
        ensure(4);
        LogRecord.INTS.set(bytes, position, value);
        position += 4;
        return this;
    }

    public RecordWriter putLong(long value) {
        ensure(8);
        LogRecord.LONGS.set(bytes, position, value);
        position += 8;
        return this;
    }

    public RecordWriter putBytes(byte[] from, int offset, int length) {
        ensure(length);
        System.arraycopy(from, offset, bytes, position, length);
        position += length;
        return this;
    }

    /** Copies page memory into the record. */
    public RecordWriter putMemory(MemorySegment from, long offset, int length) {
        ensure(length);
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, offset, bytes, position, length);
        position += length;
        return this;
    }

    /** Number of page sections so far: the next one's number. */
    public int sections() {
        return sectionCount;
    }

    /** Index in {@link #bytes} where the next value goes; to patch earlier values. */
    public int position() {
        return position;
    }

    /** The buffer under construction; replaced when it grows. */
    public byte[] bytes() {
        return bytes;
    }

    private void ensure(int more) {
        if (position + more + 4 > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, position + more + 4));
        }
    }

    /** Ends the record; called by the log. */
    public int finish() {
        closeOpen();
        bytes[LogRecord.SECTIONS] = (byte) sectionCount;
        int length = position + 4;
        assert length <= LogRecord.MAX_LENGTH : length;
        LogRecord.INTS.set(bytes, 0, length);
        LogRecord.INTS.set(bytes, position, length);
        return length;
    }

    /**
     * The record as it was appended, to be applied by the same code that redoes it. Valid until the next {@link #begin}.
     *
     * @param lsn what {@link LogStream#append} returned
     */
    public LogRecord record(long lsn) {
        return view.at(bytes, 0, lsn);
    }
}
