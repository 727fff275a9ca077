package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyEntry.Protection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A certificate or an asymmetric key: it has a name, an owner and grants, and may have a private key. */
public sealed interface KeyHolder extends Grantable permits KeyEntry.CertificateEntry, AsymmetricKeyEntry {
    /** Names the private key in its wrap. */
    UUID guid();

    Protection protection();

    /** The private key under the master key or a password; null without one. */
    byte @Nullable [] wrappedKey();

    /** What the wrap of the private key is bound to, besides its name (S-2). */
    byte[] wrapContext();

    KeyHolder withPrivateKey(Protection kept, byte @Nullable [] wrapped);

    @Override
    KeyHolder withGrants(Map<Integer, Integer> grants);
}
