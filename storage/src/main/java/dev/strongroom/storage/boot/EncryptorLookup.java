package dev.strongroom.storage.boot;

import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.WrappedDek;

/** Opens wrapped database keys; implemented where certificates and keys are known (decision S-22). */
@FunctionalInterface
public interface EncryptorLookup {
    /**
     * Unwraps one key version with the encryptor its thumbprint names and checks it against what {@code master} knows of it.
     *
     * @throws dev.strongroom.common.error.DatabaseException what the user shall see if the encryptor is missing or the key is
     *     not the committed one
     */
    KeyVersion unwrap(int databaseId, WrappedDek wrapped);
}
