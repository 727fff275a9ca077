package dev.strongroom.client.key;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;

/**
 * A column encryption key as the server knows it: encrypted, once for each master key.
 *
 * @param id number in its database
 * @param version metadata version (AE-61)
 * @param name name the server gives it
 * @param values one value for each master key, in the server's order
 */
public record EncryptedKey(int id, long version, String name, List<Value> values) {
    public EncryptedKey {
        values = List.copyOf(values);
    }

    /** One encrypted value and where the master key that opens it is. Instances are made once and never changed. */
    public static final class Value {
        private final String provider;
        private final String path;
        private final String algorithm;
        private final byte[] encrypted;
        private final ByteBuffer fingerprint;

        public Value(String provider, String path, String algorithm, byte[] encrypted) {
            this.provider = provider;
            this.path = path;
            this.algorithm = algorithm;
            this.encrypted = encrypted.clone();
            this.fingerprint = fingerprint(provider, path, encrypted);
        }

        public String provider() {
            return provider;
        }

        public String path() {
            return path;
        }

        public String algorithm() {
            return algorithm;
        }

        byte[] encrypted() {
            return encrypted;
        }

        /** SHA-256 of value, provider and path: the cache's key (AE-126). */
        ByteBuffer fingerprint() {
            return fingerprint;
        }

        private static ByteBuffer fingerprint(String provider, String path, byte[] encrypted) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                for (byte[] part : List.of(
                        encrypted, provider.getBytes(StandardCharsets.UTF_8), path.getBytes(StandardCharsets.UTF_8))) {
                    digest.update(ByteBuffer.allocate(Integer.BYTES)
                            .putInt(part.length)
                            .flip());
                    digest.update(part);
                }
                return ByteBuffer.wrap(digest.digest()).asReadOnlyBuffer();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java has no SHA-256", e);
            }
        }
    }
}
