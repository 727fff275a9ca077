package dev.strongroom.client.key;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Locale;

/**
 * What a column master key signs about itself when enclaves may use its column keys: SHA-256 of provider name, key path
 * and "true", lower-cased, UTF-16LE; those 32 bytes are the message of the signature, which hashes them again (reference
 * section 4.2, AE-87, AE-88).
 */
public final class MasterKeyMetadata {
    private MasterKeyMetadata() {}

    /** The 32 bytes that are signed. */
    public static byte[] digest(String providerName, String masterKeyPath, boolean allowEnclaveComputations)
            throws GeneralSecurityException {
        String text = providerName.toLowerCase(Locale.ROOT)
                + masterKeyPath.toLowerCase(Locale.ROOT)
                + (allowEnclaveComputations ? "true" : "false");
        return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_16LE));
    }

    public static byte[] sign(MasterKey key, String providerName, String masterKeyPath, boolean allowEnclave)
            throws GeneralSecurityException {
        return key.sign(digest(providerName, masterKeyPath, allowEnclave));
    }

    public static boolean verify(
            MasterKey key, String providerName, String masterKeyPath, boolean allowEnclave, byte[] signature)
            throws GeneralSecurityException {
        return signature.length == key.modulusBytes()
                && key.verify(digest(providerName, masterKeyPath, allowEnclave), signature);
    }
}
