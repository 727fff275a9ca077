package dev.strongroom.client.key;

import dev.strongroom.client.error.ColumnEncryptionException;

/**
 * A key store that holds column master keys (AE-89). An implementation uses keys only below the root, prefix or alias
 * list it was configured with, whatever path the server names. Implementations are thread-safe.
 */
public interface ColumnKeyProvider {
    /** Name by which {@code CREATE COLUMN MASTER KEY} refers to this kind of store. */
    String getName();

    /** Whether this store, as configured here, is meant to hold keys at that path. Nothing is opened or called for it. */
    boolean trusts(String masterKeyPath);

    /**
     * What this provider opens keys with. A column key opened through one provider is handed to users of another only
     * if their stores are equal: the same place, reached with the same secret. By default no two are.
     */
    default Object store() {
        return this;
    }

    /**
     * Opens an encrypted column encryption key.
     *
     * @return the 32 bytes of the key, for the caller to zero
     * @throws ColumnEncryptionException for an unknown path or algorithm and for every malformed or foreign value
     */
    byte[] decryptColumnEncryptionKey(String masterKeyPath, String algorithm, byte[] encryptedKey)
            throws ColumnEncryptionException;

    /** Encrypts a column encryption key under a master key of this store. */
    byte[] encryptColumnEncryptionKey(String masterKeyPath, String algorithm, byte[] columnKey)
            throws ColumnEncryptionException;

    /** Signs what a master key's metadata says, for keys that may be used by enclaves. */
    byte[] signColumnMasterKeyMetadata(String masterKeyPath, boolean allowEnclaveComputations)
            throws ColumnEncryptionException;

    /** Whether a metadata signature is this master key's. */
    boolean verifyColumnMasterKeyMetadata(String masterKeyPath, boolean allowEnclaveComputations, byte[] signature)
            throws ColumnEncryptionException;
}
