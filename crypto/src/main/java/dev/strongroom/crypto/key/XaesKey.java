package dev.strongroom.crypto.key;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// A 256-bit key of XAES-256-GCM (C2SP, TDE-501): the first half of a 24-byte nonce N derives the AES-GCM key Kx, the
/// second half is the GCM nonce.
///
/// ```text
/// L  = AES-256_K(0^128)
/// K1 = L << 1, xor 0x87 in the last byte if the top bit of L was set
/// Kx = AES-256_K(00 01 58 00 || N[0..12) xor K1) || AES-256_K(00 02 58 00 || N[0..12) xor K1)
/// ```
///
/// Derived keys are kept by prefix, because a prefix is drawn once per opening of a database and serves millions of
/// pages. The table is bounded: a forged trailer can fill it, not grow it. Safe for any thread; look-ups take no lock.
public final class XaesKey implements AutoCloseable {
    public static final int KEY_BYTES = 32;
    public static final int NONCE_BYTES = 24;
    public static final int PREFIX_BYTES = 12;
    public static final int TAG_BYTES = 16;
    public static final int TAG_BITS = 8 * TAG_BYTES;

    private static final int BLOCK_BYTES = 16;
    private static final int TABLE_SLOTS = 2048;
    private static final int TABLE_LIMIT = 1024;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final SecretKey ZERO_KEY = new SecretKeySpec(new byte[KEY_BYTES], "AES");

    private final KeyBuffer key;
    private volatile @Nullable Derived[] table = new Derived[TABLE_SLOTS];
    private int derivedCount;

    /** Takes over {@code key}, which must have 32 bytes. */
    public XaesKey(KeyBuffer key) {
        if (key.length() != KEY_BYTES) {
            throw new IllegalArgumentException("XAES key of " + key.length() + " bytes, expected " + KEY_BYTES);
        }
        this.key = key;
    }

    /** The AES-GCM key for the nonce that starts at {@code offset}; the same object for the same prefix while cached. */
    public SecretKey derive(byte[] nonce, int offset) {
        long high = (long) LONGS.get(nonce, offset);
        int low = (int) INTS.get(nonce, offset + Long.BYTES);
        @Nullable Derived[] slots = table;
        for (int slot = slotOf(high, low); ; slot = (slot + 1) & (TABLE_SLOTS - 1)) {
            Derived found = slots[slot];
            if (found == null) {
                return deriveAndKeep(high, low);
            }
            if (found.high == high && found.low == low) {
                return found.key;
            }
        }
    }

    private static int slotOf(long high, int low) {
        long mixed = (high ^ ((long) low << 17) ^ low) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 48) & (TABLE_SLOTS - 1);
    }

    private synchronized SecretKey deriveAndKeep(long high, int low) {
        if (derivedCount >= TABLE_LIMIT) {
            table = new Derived[TABLE_SLOTS];
            derivedCount = 0;
        }
        @Nullable Derived[] copy = table.clone();
        int slot = slotOf(high, low);
        while (true) {
            Derived found = copy[slot];
            if (found == null) {
                break;
            }
            if (found.high == high && found.low == low) {
                return found.key;
            }
            slot = (slot + 1) & (TABLE_SLOTS - 1);
        }
        Derived derived = new Derived(high, low, compute(high, low));
        copy[slot] = derived;
        derivedCount++;
        table = copy;
        return derived.key;
    }

    private SecretKey compute(long high, int low) {
        byte[] material = new byte[KEY_BYTES];
        byte[] mask = new byte[BLOCK_BYTES];
        byte[] message = new byte[2 * BLOCK_BYTES];
        try {
            Cipher aes = Jca.cipher("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, key.asKey("AES"));
            aes.doFinal(new byte[BLOCK_BYTES], 0, BLOCK_BYTES, mask, 0);
            doubleInField(mask);
            for (int half = 0; half < 2; half++) {
                int at = half * BLOCK_BYTES;
                message[at + 1] = (byte) (half + 1);
                message[at + 2] = 0x58;
                LONGS.set(message, at + 4, high);
                INTS.set(message, at + 12, low);
                for (int i = 0; i < BLOCK_BYTES; i++) {
                    message[at + i] ^= mask[i];
                }
            }
            aes.doFinal(message, 0, message.length, material, 0);
            // A new key makes the provider overwrite its copy and its schedule of the old one.
            aes.init(Cipher.ENCRYPT_MODE, ZERO_KEY);
            return new SecretKeySpec(material, "AES");
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        } finally {
            Arrays.fill(material, (byte) 0);
            Arrays.fill(mask, (byte) 0);
            Arrays.fill(message, (byte) 0);
        }
    }

    /** Multiplies by x in GF(2^128), as CMAC (SP 800-38B) does to make its first subkey. */
    private static void doubleInField(byte[] block) {
        int carry = (block[0] >> 7) & 0x87;
        for (int i = 0; i < BLOCK_BYTES - 1; i++) {
            block[i] = (byte) ((block[i] << 1) | ((block[i + 1] & 0xff) >>> 7));
        }
        block[BLOCK_BYTES - 1] = (byte) ((block[BLOCK_BYTES - 1] << 1) ^ carry);
    }

    @Override
    public void close() {
        key.close();
    }

    private record Derived(long high, int low, SecretKey key) {}
}
