package dev.strongroom.crypto.key;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/**
 * The JDK's algorithms, with the provider always named: another provider put first in the list would cost a factor of
 * 30 to 50 on AES-GCM without any visible sign.
 */
public final class Jca {
    public static final String CIPHERS = "SunJCE";
    public static final String DIGESTS = "SUN";

    private Jca() {}

    public static Cipher gcm() {
        return cipher("AES/GCM/NoPadding");
    }

    public static Cipher cipher(String transformation) {
        try {
            return Cipher.getInstance(transformation, CIPHERS);
        } catch (GeneralSecurityException e) {
            throw missing(transformation, e);
        }
    }

    public static Mac hmacSha256() {
        return mac("HmacSHA256");
    }

    public static Mac mac(String algorithm) {
        try {
            return Mac.getInstance(algorithm, CIPHERS);
        } catch (GeneralSecurityException e) {
            throw missing(algorithm, e);
        }
    }

    public static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm, DIGESTS);
        } catch (GeneralSecurityException e) {
            throw missing(algorithm, e);
        }
    }

    /** A failure that only a wrong program or a broken JDK can cause. */
    public static IllegalStateException broken(GeneralSecurityException cause) {
        return new IllegalStateException("the JDK refused a cryptographic operation", cause);
    }

    private static IllegalStateException missing(String algorithm, GeneralSecurityException cause) {
        return new IllegalStateException("this JDK lacks " + algorithm, cause);
    }
}
