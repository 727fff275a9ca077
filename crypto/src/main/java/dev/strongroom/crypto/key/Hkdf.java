package dev.strongroom.crypto.key;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with SHA-256 (RFC 5869). Intermediate keys are overwritten. */
public final class Hkdf {
    private static final int HASH_BYTES = 32;

    private Hkdf() {}

    /** HKDF-Extract with the empty salt, which RFC 5869 defines as 32 zero bytes. */
    public static KeyBuffer extract(KeyBuffer inputKey) {
        try {
            Mac mac = Jca.hmacSha256();
            mac.init(new SecretKeySpec(new byte[HASH_BYTES], "HmacSHA256"));
            byte[] pseudoRandomKey = inputKey.use(mac::doFinal);
            return KeyBuffer.takeOver(pseudoRandomKey);
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    /** HKDF-Expand to {@code length} bytes, at most 255 blocks of 32. */
    public static KeyBuffer expand(KeyBuffer pseudoRandomKey, byte[] info, int length) {
        if (length <= 0 || length > 255 * HASH_BYTES) {
            throw new IllegalArgumentException("HKDF output of " + length + " bytes");
        }
        SecretKey key = pseudoRandomKey.asKey("HmacSHA256");
        byte[] output = new byte[length];
        byte[] block = new byte[0];
        try {
            Mac mac = Jca.hmacSha256();
            mac.init(key);
            int done = 0;
            for (int counter = 1; done < length; counter++) {
                mac.update(block);
                mac.update(info);
                mac.update((byte) counter);
                Arrays.fill(block, (byte) 0);
                block = mac.doFinal();
                int take = Math.min(HASH_BYTES, length - done);
                System.arraycopy(block, 0, output, done, take);
                done += take;
            }
            return KeyBuffer.takeOver(output);
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        } finally {
            Arrays.fill(block, (byte) 0);
        }
    }
}
