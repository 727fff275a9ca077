package dev.strongroom.crypto.dek;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.XaesKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The 24-byte nonces of one opening of a database (storage-design section 5, TDE-507).
///
/// ```text
/// 0   12  prefix, random, drawn when the source is made and again after 2^36 nonces
/// 12  12  96-bit counter, from a random start, plus one per nonce, modulo 2^96
/// ```
///
/// Nothing is remembered across a crash, a restore or a copy of the files: each opening draws a prefix of its own, so
/// no
/// pair of key and nonce repeats. Safe for any thread.
public final class NonceSource {
    /** Nonces under one prefix. */
    public static final long NONCES_PER_PREFIX = 1L << 36;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final Randomness randomness;
    private final long limit;
    private final byte[] prefix = new byte[XaesKey.PREFIX_BYTES];
    private int counterHigh;
    private long counterLow;
    private long drawn;

    public NonceSource(Randomness randomness) {
        this(randomness, NONCES_PER_PREFIX);
    }

    NonceSource(Randomness randomness, long limit) {
        this.randomness = randomness;
        this.limit = limit;
        startPrefix();
    }

    /** Writes the next nonce to {@code target[offset .. offset + 24)}. */
    public synchronized void next(byte[] target, int offset) {
        if (drawn == limit) {
            startPrefix();
        }
        drawn++;
        System.arraycopy(prefix, 0, target, offset, XaesKey.PREFIX_BYTES);
        INTS.set(target, offset + XaesKey.PREFIX_BYTES, counterHigh);
        LONGS.set(target, offset + XaesKey.PREFIX_BYTES + Integer.BYTES, counterLow);
        counterLow++;
        if (counterLow == 0) {
            counterHigh++;
        }
    }

    /** Draws a new prefix, for a platform that says the machine was cloned while running. */
    public synchronized void restart() {
        startPrefix();
    }

    private void startPrefix() {
        randomness.fill(prefix);
        byte[] start = new byte[XaesKey.NONCE_BYTES - XaesKey.PREFIX_BYTES];
        randomness.fill(start);
        counterHigh = (int) INTS.get(start, 0);
        counterLow = (long) LONGS.get(start, Integer.BYTES);
        drawn = 0;
    }

    /** {@code start + index} on the last 96 bits, for streams whose blocks are numbered (S-8). */
    public static void add(byte[] start, long index, byte[] target, int offset) {
        System.arraycopy(start, 0, target, offset, XaesKey.PREFIX_BYTES);
        long low = (long) LONGS.get(start, XaesKey.PREFIX_BYTES + Integer.BYTES);
        long sum = low + index;
        int high = (int) INTS.get(start, XaesKey.PREFIX_BYTES);
        if (Long.compareUnsigned(sum, low) < 0) {
            high++;
        }
        INTS.set(target, offset + XaesKey.PREFIX_BYTES, high);
        LONGS.set(target, offset + XaesKey.PREFIX_BYTES + Integer.BYTES, sum);
    }
}
