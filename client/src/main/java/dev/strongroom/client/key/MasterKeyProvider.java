package dev.strongroom.client.key;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.security.GeneralSecurityException;
import java.util.Locale;

/**
 * The part all providers share that can find a {@link MasterKey} for a path: envelopes and signatures are the same
 * everywhere.
 */
public abstract class MasterKeyProvider implements ColumnKeyProvider {
    private static final System.Logger LOG = System.getLogger("dev.strongroom.client.keys");
    private static final int LEAST_MODULUS_BYTES = 256;

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
        MasterKey key = trusted(masterKeyPath);
        byte[] opened = KeyEnvelope.open(key, masterKeyPath, algorithm, encryptedKey);
        tell(key, masterKeyPath, KeyEnvelope.path(encryptedKey));
        return opened;
    }

    /** Short master keys open and are warned of (AE-85); another path inside is worth a look when stores move (AE-82). */
    private void tell(MasterKey key, String masterKeyPath, String pathInside) {
        if (key.modulusBytes() < LEAST_MODULUS_BYTES) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "column master key \"{0}\" of provider {1} has less than {2} bits; replace it (keys cmk rotate)",
                    masterKeyPath,
                    getName(),
                    Integer.toString(LEAST_MODULUS_BYTES * Byte.SIZE));
        }
        if (!pathInside.equals(masterKeyPath.toLowerCase(Locale.ROOT))) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "column master key \"{0}\" opened a key that was encrypted for \"{1}\"",
                    masterKeyPath,
                    pathInside);
        }
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
