package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.Hkdf;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.MacKey;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The key of the instance (S-3): wraps database master keys, the keys of the system databases, credentials and the TLS key; the
 * first one of an instance also gives the key that authenticates every boot record. Made at initialisation, wrapped by each
 * root provider. Safe for any thread.
 */
public final class ServiceMasterKey implements AutoCloseable {
    public static final int KEY_BYTES = 32;

    private final UUID guid;
    private final long createdMicros;
    private final KeyBuffer secret;
    private final WrappingKey wrapping;

    /** Takes over {@code secret}. */
    public ServiceMasterKey(UUID guid, long createdMicros, KeyBuffer secret) {
        if (secret.length() != KEY_BYTES) {
            throw new IllegalArgumentException("service master key of " + secret.length() + " bytes");
        }
        this.guid = guid;
        this.createdMicros = createdMicros;
        this.secret = secret;
        wrapping = new WrappingKey(guid, secret);
    }

    public static ServiceMasterKey generate(Randomness randomness, long nowMicros) {
        return new ServiceMasterKey(KeyObject.newGuid(randomness), nowMicros, KeyBuffer.random(randomness, KEY_BYTES));
    }

    public UUID guid() {
        return guid;
    }

    public long createdMicros() {
        return createdMicros;
    }

    public WrappingKey wrapping() {
        return wrapping;
    }

    /** What authenticates the boot records of all databases (S-2), where this is the instance's first key. */
    public KeyBuffer instanceSecret() {
        return derive("instance", MacKey.MAC_BYTES);
    }

    /** The key itself, for root providers and key backup only. */
    public KeyBuffer secret() {
        return secret;
    }

    /** A key of its own for another use, such as audit files (S-23). */
    public KeyBuffer derive(String purpose, int length) {
        byte[] info = ("strongroom/smk/v1/" + purpose).getBytes(StandardCharsets.US_ASCII);
        try (KeyBuffer pseudoRandomKey = Hkdf.extract(secret)) {
            return Hkdf.expand(pseudoRandomKey, info, length);
        }
    }

    @Override
    public void close() {
        wrapping.close();
        secret.close();
    }
}
