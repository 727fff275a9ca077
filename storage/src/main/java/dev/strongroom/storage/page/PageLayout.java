package dev.strongroom.storage.page;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The parts of a page every kind of page shares. Numbers in the body are little-endian, in the trailer big-endian.
///
/// ```text
/// offset  size  content
/// 0       1     page type                                     -- body: 8144 bytes, sealed as a whole --
/// 1       1     flags, owned by the page type
/// 2       2     number of items, owned by the page type
/// 4       4     reserved, zero
/// 8       8     page LSN: end of the last log record applied
/// 16      8     tree id
/// 24      8120  content, owned by the page type
/// 8144    24    nonce                                         -- trailer: 48 bytes, reserved in both modes --
/// 8168    16    tag; in a plain page CRC-32C and 12 zero bytes
/// 8184    4     key version (0 = plain)
/// 8188    4     format, algorithm, two zero bytes
/// ```
public final class PageLayout {
    public static final int PAGE_SIZE = 8192;
    public static final int TRAILER_SIZE = 48;
    public static final int BODY_SIZE = PAGE_SIZE - TRAILER_SIZE;

    public static final int TYPE = 0;
    public static final int FLAGS = TYPE + 1;
    public static final int COUNT = FLAGS + 1;
    public static final int RESERVED = COUNT + 2;
    public static final int LSN = RESERVED + 4;
    public static final int TREE = LSN + 8;
    public static final int CONTENT = TREE + 8;
    public static final int CONTENT_SIZE = BODY_SIZE - CONTENT;

    public static final int NONCE = BODY_SIZE;
    public static final int NONCE_SIZE = 24;
    public static final int TAG = NONCE + NONCE_SIZE;
    public static final int TAG_SIZE = 16;
    public static final int KEY_VERSION = TAG + TAG_SIZE;
    public static final int FORMAT = KEY_VERSION + 4;
    public static final int ALGORITHM = FORMAT + 1;

    /** Page type of a page nobody uses: zero content. */
    public static final int TYPE_FREE = 0;

    /** Page type of an allocation bitmap. */
    public static final int TYPE_BITMAP = 1;

    /** Page types from here on belong to the trees. */
    public static final int TYPE_FIRST_TREE = 16;

    public static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle BIG_INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private static final VarHandle LITTLE_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private PageLayout() {}

    /** Page LSN of the page at an offset of a memory. */
    public static long lsn(MemorySegment memory, long offset) {
        return memory.get(LONG, offset + LSN);
    }

    public static void lsn(MemorySegment memory, long offset, long lsn) {
        memory.set(LONG, offset + LSN, lsn);
    }

    /** Page LSN of an open page image. */
    public static long lsn(byte[] image) {
        return (long) LITTLE_LONG.get(image, LSN);
    }

    /** Key version in the trailer of a page image. */
    public static int keyVersion(byte[] image) {
        return (int) BIG_INT.get(image, KEY_VERSION);
    }

    static void keyVersion(byte[] image, int version) {
        BIG_INT.set(image, KEY_VERSION, version);
    }

    public static int type(MemorySegment memory, long offset) {
        return memory.get(ValueLayout.JAVA_BYTE, offset + TYPE);
    }

    public static void type(MemorySegment memory, long offset, int type) {
        memory.set(ValueLayout.JAVA_BYTE, offset + TYPE, (byte) type);
    }
}
