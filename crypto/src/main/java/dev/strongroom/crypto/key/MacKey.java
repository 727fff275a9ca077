package dev.strongroom.crypto.key;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;

/** An HMAC-SHA-256 key. Safe for any thread: each call uses a {@link Mac} of its own. */
public final class MacKey implements AutoCloseable {
    public static final int MAC_BYTES = 32;
    /** Length of the MACs kept in headers and page trailers. */
    public static final int SHORT_MAC_BYTES = 16;

    private final KeyBuffer key;

    /** Takes over {@code key}. */
    public MacKey(KeyBuffer key) {
        this.key = key;
    }

    /** An initialised {@link Mac} for a caller that makes many; not to be shared between threads. */
    public Mac newMac() {
        try {
            Mac mac = Jca.hmacSha256();
            mac.init(key.asKey("HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    /** The 32-byte MAC over the concatenation of {@code parts}. */
    public byte[] mac(byte[]... parts) {
        Mac mac = newMac();
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }

    /** The first 16 bytes of {@link #mac}. */
    public byte[] shortMac(byte[]... parts) {
        return Arrays.copyOf(mac(parts), SHORT_MAC_BYTES);
    }

    /** Compares in constant time; {@code expected} may be a full or a short MAC. */
    public boolean verify(byte[] expected, byte[]... parts) {
        if (expected.length != MAC_BYTES && expected.length != SHORT_MAC_BYTES) {
            return false;
        }
        return MessageDigest.isEqual(expected, Arrays.copyOf(mac(parts), expected.length));
    }

    @Override
    public void close() {
        key.close();
    }
}
