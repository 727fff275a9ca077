package dev.strongroom.crypto.provider;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.KeyBuffer;
import java.security.interfaces.RSAPublicKey;

/**
 * Where RSA keys are kept whose private half the server never sees (TDE-143). A key goes by its label; the secret is that of
 * the credential by which it is used. Everything that goes wrong is a {@link TokenFailure}. Thread-safe.
 */
public sealed interface KeyDevice permits Pkcs11Token, CommandDevice, VaultDevice, KmipDevice {
    /** The public half of a key. */
    RSAPublicKey find(String label, KeyBuffer secret);

    /** Makes an RSA key. */
    RSAPublicKey create(String label, int bits, KeyBuffer secret, Randomness randomness, long nowMicros);

    /** Removes a key; nothing happens if there is none. */
    void remove(String label, KeyBuffer secret);

    /** Whether {@link #decrypt} undoes RSA-OAEP with SHA-256 and no label, instead of the raw operation on one block. */
    boolean undoesPadding();

    /** The private operation. The caller zeroes what it returns. */
    byte[] decrypt(Used key, byte[] block);

    /** RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes. */
    byte[] sign(Used key, byte[] content);

    /**
     * A key in use.
     *
     * @param publicKey says which of several versions of a key is meant
     */
    record Used(String label, RSAPublicKey publicKey, KeyBuffer secret) {}
}
