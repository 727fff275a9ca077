package dev.strongroom.storage.log;

/**
 * Numbers of the record kinds: part of the format, never reused. Bodies live with their owners.
 */
public final class RecordKind {
    /** A transaction committed. Body: see {@link #COMMIT_TIMESTAMP}; the rest belongs to {@code txn}. */
    public static final int COMMIT = 1;
    /** A transaction is completely undone. */
    public static final int ABORT = 2;
    /** A transaction promised to follow another database's decision (S-1). Body belongs to {@code txn}. */
    public static final int PREPARE = 3;

    public static final int CHECKPOINT = 10;
    /** The data files have grown. Body: page count (8). */
    public static final int GROW = 11;
    /** Pages of the allocation bitmaps only. */
    public static final int SPACE = 12;
    /** Encryption state change. Body belongs to {@code encryption}. */
    public static final int ENCRYPTION = 13;
    /** Mark with a name, for restores. */
    public static final int MARK = 14;

    /** Kinds from here to {@link #LAST_TREE} belong to {@code tree}, {@code value}, {@code txn} and {@code table}. */
    public static final int FIRST_TREE = 32;

    public static final int LAST_TREE = 127;

    /** Offset in a COMMIT's body of the commit timestamp (8 bytes). */
    public static final int COMMIT_TIMESTAMP = 0;
    /** Offset in a COMMIT's body of the wall clock in microseconds since 1970 (8 bytes). */
    public static final int COMMIT_CLOCK = 8;
    /** Offset in a COMMIT's body of the name of the transaction's mark, in UTF-8; the body ends here where it has none. */
    public static final int COMMIT_MARK = 16;

    public static final int COUNT = 128;

    private RecordKind() {}
}
