package dev.strongroom.crypto.hierarchy;

import dev.strongroom.crypto.key.KeyBuffer;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;

/** What wraps a database encryption key: a certificate with its private key, or a key inside a token (TDE-7). */
public sealed interface DekEncryptor extends AutoCloseable permits KeyPair, TokenKey {
    WrappedDek.Encryptor kind();

    Thumbprint thumbprint();

    RSAPublicKey publicKey();

    /** Undoes RSA-OAEP with SHA-256 and this label; empty if this key does not open it. */
    Optional<KeyBuffer> open(byte[] wrapped, byte[] label);

    @Override
    void close();
}
