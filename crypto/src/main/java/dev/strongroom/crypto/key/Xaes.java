package dev.strongroom.crypto.key;

import dev.strongroom.common.time.Randomness;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** XAES-256-GCM on whole byte arrays: for wrapped keys and other small things. Pages and log have sealers of their own. */
public final class Xaes {
    private Xaes() {}

    /** Ciphertext followed by the 16-byte tag. */
    public static byte[] seal(XaesKey key, byte[] nonce, byte[] plaintext, byte[] associatedData) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, key, nonce, associatedData).doFinal(plaintext);
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    /** The plaintext, or empty if the tag does not fit. */
    public static Optional<byte[]> open(XaesKey key, byte[] nonce, byte[] sealed, byte[] associatedData) {
        if (sealed.length < XaesKey.TAG_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    cipher(Cipher.DECRYPT_MODE, key, nonce, associatedData).doFinal(sealed));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    /** A fresh random nonce, then {@link #seal}. */
    public static byte[] sealWithNonce(XaesKey key, Randomness randomness, byte[] plaintext, byte[] associatedData) {
        byte[] nonce = new byte[XaesKey.NONCE_BYTES];
        randomness.fill(nonce);
        byte[] sealed = seal(key, nonce, plaintext, associatedData);
        byte[] result = Arrays.copyOf(nonce, nonce.length + sealed.length);
        System.arraycopy(sealed, 0, result, nonce.length, sealed.length);
        return result;
    }

    /** Opens what {@link #sealWithNonce} made. */
    public static Optional<byte[]> openWithNonce(XaesKey key, byte[] nonceAndSealed, byte[] associatedData) {
        if (nonceAndSealed.length < XaesKey.NONCE_BYTES + XaesKey.TAG_BYTES) {
            return Optional.empty();
        }
        byte[] nonce = Arrays.copyOf(nonceAndSealed, XaesKey.NONCE_BYTES);
        byte[] sealed = Arrays.copyOfRange(nonceAndSealed, XaesKey.NONCE_BYTES, nonceAndSealed.length);
        return open(key, nonce, sealed, associatedData);
    }

    private static Cipher cipher(int mode, XaesKey key, byte[] nonce, byte[] associatedData)
            throws GeneralSecurityException {
        if (nonce.length != XaesKey.NONCE_BYTES) {
            throw new IllegalArgumentException("XAES nonce of " + nonce.length + " bytes");
        }
        Cipher cipher = Jca.gcm();
        GCMParameterSpec spec = new GCMParameterSpec(
                XaesKey.TAG_BITS, nonce, XaesKey.PREFIX_BYTES, XaesKey.NONCE_BYTES - XaesKey.PREFIX_BYTES);
        cipher.init(mode, key.derive(nonce, 0), spec);
        cipher.updateAAD(associatedData);
        return cipher;
    }
}
