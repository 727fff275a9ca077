package dev.strongroom.client.key;

import dev.strongroom.client.cell.ColumnKey;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Locale;

/**
 * The encrypted value of a column encryption key, as the database keeps it (AE-80 … AE-84). p and c are unsigned and
 * little-endian:
 *
 * <pre>
 * offset  bytes  content
 * 0       1      version 0x01
 * 1       2      p, length of the path in bytes
 * 3       2      c, length of the RSA ciphertext, which is that of the modulus
 * 5       p      key path, lower-cased, UTF-16LE: informational
 * 5+p     c      RSA-OAEP-SHA-1 of the column key
 * 5+p+c   c      RSASSA-PKCS1-v1_5-SHA-256 over all before
 * </pre>
 */
public final class KeyEnvelope {
    /** The only algorithm there is. */
    public static final String ALGORITHM = "RSA_OAEP";

    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 5;

    private KeyEnvelope() {}

    /** Encrypts a column key under a master key. */
    public static byte[] seal(MasterKey masterKey, String masterKeyPath, String algorithm, byte[] columnKey)
            throws ColumnEncryptionException {
        requireAlgorithm(algorithm);
        requireKeyBytes(columnKey.length);
        byte[] path = masterKeyPath.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_16LE);
        if (path.length > 0xffff) {
            throw invalid("the key path is too long");
        }
        try {
            byte[] encrypted = masterKey.encrypt(columnKey);
            byte[] signed = new byte[HEADER_BYTES + path.length + encrypted.length];
            signed[0] = VERSION;
            putShort(signed, 1, path.length);
            putShort(signed, 3, encrypted.length);
            System.arraycopy(path, 0, signed, HEADER_BYTES, path.length);
            System.arraycopy(encrypted, 0, signed, HEADER_BYTES + path.length, encrypted.length);
            byte[] signature = masterKey.sign(signed);
            byte[] whole = Arrays.copyOf(signed, signed.length + signature.length);
            System.arraycopy(signature, 0, whole, signed.length, signature.length);
            return whole;
        } catch (GeneralSecurityException e) {
            throw new ColumnEncryptionException(
                    Reason.KEY_STORE, "cannot encrypt a column encryption key under \"" + masterKeyPath + "\"", e);
        }
    }

    /** Opens an encrypted column key: form, then signature, then decryption. */
    public static byte[] open(MasterKey masterKey, String masterKeyPath, String algorithm, byte[] value)
            throws ColumnEncryptionException {
        requireAlgorithm(algorithm);
        int signedBytes = signedBytes(value, masterKey.modulusBytes());
        int pathBytes = getShort(value, 1);
        byte[] signed = Arrays.copyOf(value, signedBytes);
        byte[] encrypted = Arrays.copyOfRange(value, HEADER_BYTES + pathBytes, signedBytes);
        try {
            if (!masterKey.verify(signed, Arrays.copyOfRange(value, signedBytes, value.length))) {
                throw invalid("its signature is not by column master key \"" + masterKeyPath + "\"");
            }
            byte[] columnKey = masterKey.decrypt(encrypted);
            if (columnKey.length != ColumnKey.KEY_BYTES) {
                Arrays.fill(columnKey, (byte) 0);
                throw invalid("the key inside does not have " + ColumnKey.KEY_BYTES + " bytes");
            }
            return columnKey;
        } catch (GeneralSecurityException e) {
            throw new ColumnEncryptionException(
                    Reason.KEY_INVALID,
                    "invalid encrypted column encryption key: column master key \"" + masterKeyPath
                            + "\" does not open it",
                    e);
        }
    }

    /** The path a value was made for; it says nothing about the key that opens it (AE-82). */
    public static String path(byte[] value) throws ColumnEncryptionException {
        if (value.length < HEADER_BYTES || value.length < HEADER_BYTES + getShort(value, 1)) {
            throw invalid("it is cut off");
        }
        return new String(value, HEADER_BYTES, getShort(value, 1), StandardCharsets.UTF_16LE);
    }

    private static int signedBytes(byte[] value, int modulusBytes) throws ColumnEncryptionException {
        if (value.length < HEADER_BYTES) {
            throw invalid("it has " + value.length + " bytes");
        }
        if (value[0] != VERSION) {
            throw invalid("unknown version " + (value[0] & 0xff));
        }
        int encryptedBytes = getShort(value, 3);
        int signedBytes = HEADER_BYTES + getShort(value, 1) + encryptedBytes;
        if (encryptedBytes != modulusBytes || value.length != signedBytes + modulusBytes) {
            throw invalid("its lengths do not fit the column master key");
        }
        return signedBytes;
    }

    private static void requireAlgorithm(String algorithm) throws ColumnEncryptionException {
        if (!ALGORITHM.equalsIgnoreCase(algorithm)) {
            throw new ColumnEncryptionException(
                    Reason.ALGORITHM_UNKNOWN, "unknown key encryption algorithm \"" + algorithm + "\"");
        }
    }

    private static void requireKeyBytes(int count) throws ColumnEncryptionException {
        if (count != ColumnKey.KEY_BYTES) {
            throw invalid("a column encryption key has " + ColumnKey.KEY_BYTES + " bytes, got " + count);
        }
    }

    private static ColumnEncryptionException invalid(String why) {
        return new ColumnEncryptionException(Reason.KEY_INVALID, "invalid encrypted column encryption key: " + why);
    }

    private static void putShort(byte[] target, int offset, int value) {
        target[offset] = (byte) value;
        target[offset + 1] = (byte) (value >>> 8);
    }

    private static int getShort(byte[] source, int offset) {
        return (source[offset] & 0xff) | (source[offset + 1] & 0xff) << 8;
    }
}
