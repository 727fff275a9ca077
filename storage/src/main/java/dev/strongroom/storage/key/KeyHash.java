package dev.strongroom.storage.key;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Hash of encoded keys. Numbers that follow one another differ in their last bytes only: every bit of the key counts fully. */
public final class KeyHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

    private KeyHash() {}

    /** Hash of a key of a tree. */
    public static int of(long treeId, byte[] key) {
        long hash = (treeId + key.length) * FACTOR;
        int at = 0;
        for (; at + 8 <= key.length; at += 8) {
            hash = mix(hash ^ (long) LONGS.get(key, at));
        }
        long rest = 0;
        for (; at < key.length; at++) {
            rest = rest << 8 | key[at] & 0xFF;
        }
        hash = mix(hash ^ rest);
        return (int) (hash ^ hash >>> 32);
    }

    private static long mix(long bits) {
        long product = bits * FACTOR;
        return product ^ product >>> 29;
    }
}
