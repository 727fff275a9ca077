package dev.strongroom.crypto.hierarchy;

import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * An RSA key in a service that undoes RSA-OAEP by itself, without a label. What the label would bind is bound by its SHA-256
 * before the key inside (TDE-513).
 *
 * @param decryption the service's RSA-OAEP with SHA-256
 */
public record RemoteKey(AsymmetricKey key, UnaryOperator<byte[]> decryption) implements DeviceKey {
    private static final byte[] NO_LABEL = {};
    private static final int HASH_BYTES = 32;

    @Override
    public byte[] wrap(byte[] dek, byte[] label) {
        byte[] plain = Arrays.copyOf(hash(label), HASH_BYTES + dek.length);
        System.arraycopy(dek, 0, plain, HASH_BYTES, dek.length);
        try {
            return DekEncryptor.encrypt(publicKey(), plain, NO_LABEL);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    @Override
    public Optional<KeyBuffer> open(byte[] wrapped, byte[] label) {
        byte[] plain = decryption.apply(wrapped.clone());
        try {
            boolean bound =
                    plain.length > HASH_BYTES && MessageDigest.isEqual(Arrays.copyOf(plain, HASH_BYTES), hash(label));
            return bound
                    ? Optional.of(KeyBuffer.takeOver(Arrays.copyOfRange(plain, HASH_BYTES, plain.length)))
                    : Optional.empty();
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private static byte[] hash(byte[] label) {
        return Jca.digest("SHA-256").digest(label);
    }

    @Override
    public String toString() {
        return "RemoteKey[" + key.thumbprint() + "]";
    }
}
