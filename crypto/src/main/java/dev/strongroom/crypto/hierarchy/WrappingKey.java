package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.Hkdf;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.Xaes;
import dev.strongroom.crypto.key.XaesKey;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** The half of a master key that wraps other keys. A wrap is nonce, ciphertext and tag. Safe for any thread. */
public final class WrappingKey implements AutoCloseable {
    private static final byte[] INFO = "strongroom/wrap/v1".getBytes(StandardCharsets.US_ASCII);

    private final UUID guid;
    private final XaesKey key;

    WrappingKey(UUID guid, KeyBuffer masterKey) {
        this.guid = guid;
        try (KeyBuffer pseudoRandomKey = Hkdf.extract(masterKey)) {
            key = new XaesKey(Hkdf.expand(pseudoRandomKey, INFO, XaesKey.KEY_BYTES));
        }
    }

    /** The master key this belongs to: the parent in labels. */
    public UUID guid() {
        return guid;
    }

    public byte[] wrap(KeyBuffer secret, KeyObject object, UUID objectGuid, byte[] context, Randomness randomness) {
        byte[] label = new WrapLabel(object, objectGuid, guid, context).bytes();
        return secret.use(bytes -> Xaes.sealWithNonce(key, randomness, bytes, label));
    }

    /** Empty if the wrap was not made by this key for this object. */
    public Optional<KeyBuffer> unwrap(byte[] wrapped, KeyObject object, UUID objectGuid, byte[] context) {
        byte[] label = new WrapLabel(object, objectGuid, guid, context).bytes();
        return Xaes.openWithNonce(key, wrapped, label).map(KeyBuffer::takeOver);
    }

    @Override
    public void close() {
        key.close();
    }
}
