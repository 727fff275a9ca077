package dev.strongroom.crypto.seal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A page on disk (TDE-503). Integers are big-endian.
///
/// ```text
/// 0     8144  body, sealed as a whole
/// 8144  24    nonce N; zero in a plain page
/// 8168  16    tag; in a plain page CRC-32C (4 bytes) and 12 zero bytes
/// 8184  4     key version; 0 in a plain page
/// 8188  1     format, 1
/// 8189  1     algorithm: 0 plain, 1 XAES-256-GCM, 2 3DES-CBC with HMAC-SHA-256
/// 8190  2     zero
/// ```
public final class PageFormat {
    public static final int PAGE_BYTES = 8192;
    public static final int BODY_BYTES = 8144;
    public static final int NONCE = BODY_BYTES;
    public static final int NONCE_BYTES = 24;
    public static final int TAG = NONCE + NONCE_BYTES;
    public static final int TAG_BYTES = 16;
    public static final int KEY_VERSION = TAG + TAG_BYTES;
    public static final int FORMAT = KEY_VERSION + 4;
    public static final int ALGORITHM = FORMAT + 1;
    public static final int RESERVED = ALGORITHM + 1;

    public static final int FORMAT_1 = 1;
    public static final int PLAIN = 0;
    public static final int XAES_256_GCM = 1;
    public static final int TRIPLE_DES_CBC_HMAC = 2;

    static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private PageFormat() {}

    /** The key version the trailer names; readable without any key. */
    public static int keyVersion(byte[] page) {
        return (int) INTS.get(page, KEY_VERSION);
    }

    public static int algorithm(byte[] page) {
        return page[ALGORITHM] & 0xff;
    }

    /** True if every byte is zero: a page that was never written. */
    public static boolean allZero(byte[] page) {
        for (int at = 0; at < PAGE_BYTES; at += Long.BYTES) {
            if ((long) LONGS.get(page, at) != 0) {
                return false;
            }
        }
        return true;
    }

    static void putTrailer(byte[] page, int keyVersion, int algorithm) {
        INTS.set(page, KEY_VERSION, keyVersion);
        page[FORMAT] = FORMAT_1;
        page[ALGORITHM] = (byte) algorithm;
        page[RESERVED] = 0;
        page[RESERVED + 1] = 0;
    }
}
