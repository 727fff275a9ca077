package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.KeyBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * An open database master key (TDE-122): wraps the private keys of the certificates of its database. It is kept only in
 * wrapped form, under a password and, unless dropped, under the service master key. Safe for any thread.
 */
public final class DatabaseMasterKey implements AutoCloseable {
    public static final String NAME = "##MS_DatabaseMasterKey##";
    public static final int KEY_BYTES = 32;

    private final UUID guid;
    private final KeyBuffer secret;
    private final WrappingKey wrapping;

    /** Takes over {@code secret}. */
    public DatabaseMasterKey(UUID guid, KeyBuffer secret) {
        if (secret.length() != KEY_BYTES) {
            throw new IllegalArgumentException("database master key of " + secret.length() + " bytes");
        }
        this.guid = guid;
        this.secret = secret;
        wrapping = new WrappingKey(guid, secret);
    }

    public static DatabaseMasterKey generate(Randomness randomness) {
        return new DatabaseMasterKey(KeyObject.newGuid(randomness), KeyBuffer.random(randomness, KEY_BYTES));
    }

    public UUID guid() {
        return guid;
    }

    public WrappingKey wrapping() {
        return wrapping;
    }

    /** The key itself, for key backup only. */
    public KeyBuffer secret() {
        return secret;
    }

    public byte[] wrapByServiceKey(ServiceMasterKey serviceKey, Randomness randomness) {
        return serviceKey.wrapping().wrap(secret, KeyObject.DATABASE_MASTER_KEY, guid, new byte[0], randomness);
    }

    public static Optional<DatabaseMasterKey> openByServiceKey(UUID guid, byte[] wrapped, ServiceMasterKey serviceKey) {
        return serviceKey
                .wrapping()
                .unwrap(wrapped, KeyObject.DATABASE_MASTER_KEY, guid, new byte[0])
                .map(secret -> new DatabaseMasterKey(guid, secret));
    }

    public PasswordWrap wrapByPassword(String password, Randomness randomness) {
        return PasswordWrap.wrap(secret, password, passwordLabel(guid), randomness);
    }

    /** The label under which {@link #wrapByPassword} wraps the key with this guid. */
    public static byte[] passwordLabel(UUID guid) {
        return new WrapLabel(KeyObject.DATABASE_MASTER_KEY, guid, WrapLabel.NO_PARENT).bytes();
    }

    @Override
    public void close() {
        wrapping.close();
        secret.close();
    }
}
