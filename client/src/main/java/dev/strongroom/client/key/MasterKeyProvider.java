package dev.strongroom.client.key;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.security.GeneralSecurityException;

/**
 * The part all providers share that can find a {@link MasterKey} for a path: envelopes and signatures are the same
 * everywhere.
 */
public abstract class MasterKeyProvider implements ColumnKeyProvider {
    /** The key at a path this provider trusts. */
    protected abstract MasterKey find(String masterKeyPath) throws ColumnEncryptionException;

    private MasterKey trusted(String masterKeyPath) throws ColumnEncryptionException {
        if (!trusts(masterKeyPath)) {
            throw new ColumnEncryptionException(
                    Reason.PATH_NOT_TRUSTED,
                    "column master key path \"" + masterKeyPath + "\" is outside what provider " + getName()
                            + " was configured to use");
        }
        return find(masterKeyPath);
    }

    @Override
    public final byte[] decryptColumnEncryptionKey(String masterKeyPath, String algorithm, byte[] encryptedKey)
            throws ColumnEncryptionException {
        return KeyEnvelope.open(trusted(masterKeyPath), masterKeyPath, algorithm, encryptedKey);
    }

    @Override
    public final byte[] encryptColumnEncryptionKey(String masterKeyPath, String algorithm, byte[] columnKey)
            throws ColumnEncryptionException {
        return KeyEnvelope.seal(trusted(masterKeyPath), masterKeyPath, algorithm, columnKey);
    }

    @Override
    public final byte[] signColumnMasterKeyMetadata(String masterKeyPath, boolean allowEnclaveComputations)
            throws ColumnEncryptionException {
        MasterKey key = trusted(masterKeyPath);
        try {
            return MasterKeyMetadata.sign(key, getName(), masterKeyPath, allowEnclaveComputations);
        } catch (GeneralSecurityException e) {
            throw new ColumnEncryptionException(
                    Reason.KEY_STORE, "column master key \"" + masterKeyPath + "\" cannot sign", e);
        }
    }

    @Override
    public final boolean verifyColumnMasterKeyMetadata(
            String masterKeyPath, boolean allowEnclaveComputations, byte[] signature) throws ColumnEncryptionException {
        MasterKey key = trusted(masterKeyPath);
        try {
            return MasterKeyMetadata.verify(key, getName(), masterKeyPath, allowEnclaveComputations, signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
