package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.Hkdf;
import dev.strongroom.crypto.key.Jca;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.Xaes;
import dev.strongroom.crypto.key.XaesKey;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// A secret under a password (TDE-112, TDE-131).
///
/// ```text
/// 0   1   version, 1
/// 1   1   key derivation: 1 = PBKDF2 with HMAC-SHA-512
/// 2   4   iterations
/// 6   16  salt
/// 22  32  commitment: HKDF(wrap key, "commit"), compared before anything is opened
/// 54  24  nonce
/// 78  ..  ciphertext and 16-byte tag
/// ```
///
/// XAES-256-GCM does not commit to its key; the commitment does, and tells a wrong password from damage.
public record PasswordWrap(int iterations, byte[] salt, byte[] commitment, byte[] sealed) {
    /** OWASP's floor for PBKDF2-HMAC-SHA-512. */
    public static final int DEFAULT_ITERATIONS = 210_000;

    private static final int VERSION = 1;
    private static final int PBKDF2_HMAC_SHA512 = 1;
    private static final int SALT_BYTES = 16;
    private static final int COMMITMENT_BYTES = 32;
    private static final int HEADER_BYTES = 1 + 1 + 4 + SALT_BYTES + COMMITMENT_BYTES;
    private static final int MAX_ITERATIONS = 100_000_000;
    private static final byte[] COMMIT = "commit".getBytes(StandardCharsets.US_ASCII);

    /** Wraps {@code secret}, which stays the caller's. {@code label} is authenticated with it. */
    public static PasswordWrap wrap(KeyBuffer secret, String password, byte[] label, Randomness randomness) {
        byte[] salt = new byte[SALT_BYTES];
        randomness.fill(salt);
        try (KeyBuffer wrapKey = derive(password, salt, DEFAULT_ITERATIONS);
                XaesKey xaes = new XaesKey(wrapKey.duplicate())) {
            byte[] sealed = secret.use(bytes -> Xaes.sealWithNonce(xaes, randomness, bytes, label));
            return new PasswordWrap(DEFAULT_ITERATIONS, salt, commitmentOf(wrapKey), sealed);
        }
    }

    public Opening open(String password, byte[] label) {
        try (KeyBuffer wrapKey = derive(password, salt, iterations)) {
            if (!MessageDigest.isEqual(commitment, commitmentOf(wrapKey))) {
                return new Opening.WrongPassword();
            }
            try (XaesKey xaes = new XaesKey(wrapKey.duplicate())) {
                return Xaes.openWithNonce(xaes, sealed, label)
                        .<Opening>map(secret -> new Opening.Opened(KeyBuffer.takeOver(secret)))
                        .orElseGet(Opening.Damaged::new);
            }
        }
    }

    public byte[] encode() {
        return ByteBuffer.allocate(HEADER_BYTES + sealed.length)
                .put((byte) VERSION)
                .put((byte) PBKDF2_HMAC_SHA512)
                .putInt(iterations)
                .put(salt)
                .put(commitment)
                .put(sealed)
                .array();
    }

    /** Empty if the bytes are no such wrap. */
    public static Optional<PasswordWrap> decode(byte[] encoded) {
        ByteBuffer buffer = ByteBuffer.wrap(encoded);
        try {
            if (buffer.get() != VERSION || buffer.get() != PBKDF2_HMAC_SHA512) {
                return Optional.empty();
            }
            int iterations = buffer.getInt();
            byte[] salt = new byte[SALT_BYTES];
            byte[] commitment = new byte[COMMITMENT_BYTES];
            buffer.get(salt).get(commitment);
            byte[] sealed = new byte[buffer.remaining()];
            buffer.get(sealed);
            if (iterations < 1
                    || iterations > MAX_ITERATIONS
                    || sealed.length < XaesKey.NONCE_BYTES + XaesKey.TAG_BYTES) {
                return Optional.empty();
            }
            return Optional.of(new PasswordWrap(iterations, salt, commitment, sealed));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static byte[] commitmentOf(KeyBuffer wrapKey) {
        try (KeyBuffer pseudoRandomKey = Hkdf.extract(wrapKey);
                KeyBuffer commitment = Hkdf.expand(pseudoRandomKey, COMMIT, COMMITMENT_BYTES)) {
            return commitment.copy();
        }
    }

    private static KeyBuffer derive(String password, byte[] salt, int iterations) {
        char[] characters = password.toCharArray();
        PBEKeySpec spec = new PBEKeySpec(characters, salt, iterations, 8 * XaesKey.KEY_BYTES);
        try {
            return KeyBuffer.takeOver(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512", Jca.CIPHERS)
                    .generateSecret(spec)
                    .getEncoded());
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        } finally {
            spec.clearPassword();
            Arrays.fill(characters, '\0');
        }
    }
}
