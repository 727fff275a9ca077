package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import java.security.GeneralSecurityException;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;
import javax.crypto.Cipher;

/** What wraps a database encryption key: a certificate with its private key, or a key inside a token or service (TDE-7). */
public sealed interface DekEncryptor extends AutoCloseable permits KeyPair, DeviceKey {
    WrappedDek.Encryptor kind();

    Thumbprint thumbprint();

    RSAPublicKey publicKey();

    /** RSA-OAEP with SHA-256 and this label. */
    default byte[] wrap(byte[] dek, byte[] label) {
        return encrypt(publicKey(), dek, label);
    }

    /** Undoes {@link #wrap}; empty if this key does not open it. */
    Optional<KeyBuffer> open(byte[] wrapped, byte[] label);

    @Override
    void close();

    /** RSA-OAEP with SHA-256 and a label. */
    static byte[] encrypt(RSAPublicKey key, byte[] plain, byte[] label) {
        try {
            Cipher cipher = Jca.cipher("RSA/ECB/OAEPPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key, DekWraps.parameters(label));
            return cipher.doFinal(plain);
        } catch (GeneralSecurityException e) {
            throw NumberedError.ENCRYPTION_FAILED
                    .report("could not encrypt the database encryption key")
                    .exception(e);
        }
    }
}
