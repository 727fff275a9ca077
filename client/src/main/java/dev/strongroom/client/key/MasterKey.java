package dev.strongroom.client.key;

import java.security.GeneralSecurityException;

/**
 * What a column master key can do, wherever its private half is. Only RSA: the envelopes know nothing else.
 */
public interface MasterKey {
    /** Bytes of the modulus, which are the bytes of a signature and of a ciphertext. */
    int modulusBytes();

    /** RSA-OAEP with SHA-1 and MGF1-SHA-1, empty label, by the public key. */
    byte[] encrypt(byte[] plain) throws GeneralSecurityException;

    /** The reverse, by the private key. */
    byte[] decrypt(byte[] encrypted) throws GeneralSecurityException;

    /** RSASSA-PKCS1-v1_5 with SHA-256, by the private key. */
    byte[] sign(byte[] message) throws GeneralSecurityException;

    /** Whether a signature over a message is this key's. */
    boolean verify(byte[] message, byte[] signature) throws GeneralSecurityException;
}
