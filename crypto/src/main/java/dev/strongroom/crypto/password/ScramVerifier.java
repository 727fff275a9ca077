package dev.strongroom.crypto.password;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.Jca;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What the server keeps of a password: RFC 5802 and 7677, in PostgreSQL's text form.
///
/// ```text
/// SCRAM-SHA-256$<iterations>:<salt, base64>$<StoredKey, base64>:<ServerKey, base64>
/// ```
///
/// Immutable. The stored key cannot be used to log in; it can be used to test guesses, so it is treated as a secret.
public final class ScramVerifier {
    /** PostgreSQL's iteration count; higher counts are read and kept. */
    public static final int DEFAULT_ITERATIONS = 4096;

    public static final int SALT_BYTES = 16;
    public static final int KEY_BYTES = 32;

    private static final String PREFIX = "SCRAM-SHA-256$";
    private static final String HMAC = "HmacSHA256";
    private static final int MAX_ITERATIONS = 10_000_000;

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    private ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /** The verifier of {@code password} with a fresh salt. */
    public static ScramVerifier of(String password, Randomness randomness) {
        byte[] salt = new byte[SALT_BYTES];
        randomness.fill(salt);
        return of(password, salt, DEFAULT_ITERATIONS);
    }

    /** The verifier of {@code password} with the given salt and iteration count. */
    public static ScramVerifier of(String password, byte[] salt, int iterations) {
        byte[] prepared = SaslPrep.prepare(password).getBytes(StandardCharsets.UTF_8);
        byte[] salted = saltedPassword(prepared, salt, iterations);
        byte[] clientKey = hmac(salted, "Client Key".getBytes(StandardCharsets.US_ASCII));
        try {
            byte[] storedKey = Jca.digest("SHA-256").digest(clientKey);
            byte[] serverKey = hmac(salted, "Server Key".getBytes(StandardCharsets.US_ASCII));
            return new ScramVerifier(iterations, salt.clone(), storedKey, serverKey);
        } finally {
            Arrays.fill(prepared, (byte) 0);
            Arrays.fill(salted, (byte) 0);
            Arrays.fill(clientKey, (byte) 0);
        }
    }

    /**
     * A verifier for a user that does not exist, so that an attacker learns nothing from the exchange: the salt depends on
     * the name and on a secret of the instance only, and no proof fits.
     */
    public static ScramVerifier mock(String user, byte[] instanceSecret, Randomness randomness) {
        byte[] salt = Arrays.copyOf(hmac(instanceSecret, user.getBytes(StandardCharsets.UTF_8)), SALT_BYTES);
        byte[] storedKey = new byte[KEY_BYTES];
        byte[] serverKey = new byte[KEY_BYTES];
        randomness.fill(storedKey);
        randomness.fill(serverKey);
        return new ScramVerifier(DEFAULT_ITERATIONS, salt, storedKey, serverKey);
    }

    /** True if the text is a verifier, so that {@code PASSWORD '…'} takes it as it is, as PostgreSQL does. */
    public static boolean isVerifier(String text) {
        return parse(text).isPresent();
    }

    /** Reads PostgreSQL's text form. */
    public static Optional<ScramVerifier> parse(String text) {
        if (!text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        String rest = text.substring(PREFIX.length());
        int colon = rest.indexOf(':');
        int dollar = rest.indexOf('$', colon + 1);
        int lastColon = rest.indexOf(':', dollar + 1);
        if (colon < 1 || dollar < 0 || lastColon < 0) {
            return Optional.empty();
        }
        try {
            int iterations = Integer.parseInt(rest.substring(0, colon));
            Base64.Decoder decoder = Base64.getDecoder();
            byte[] salt = decoder.decode(rest.substring(colon + 1, dollar));
            byte[] storedKey = decoder.decode(rest.substring(dollar + 1, lastColon));
            byte[] serverKey = decoder.decode(rest.substring(lastColon + 1));
            if (iterations < 1
                    || iterations > MAX_ITERATIONS
                    || salt.length == 0
                    || storedKey.length != KEY_BYTES
                    || serverKey.length != KEY_BYTES) {
                return Optional.empty();
            }
            return Optional.of(new ScramVerifier(iterations, salt, storedKey, serverKey));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** PostgreSQL's text form. */
    public String text() {
        Base64.Encoder encoder = Base64.getEncoder();
        return PREFIX + iterations + ":" + encoder.encodeToString(salt) + "$" + encoder.encodeToString(storedKey) + ":"
                + encoder.encodeToString(serverKey);
    }

    public int iterations() {
        return iterations;
    }

    public byte[] salt() {
        return salt.clone();
    }

    /**
     * Whether the client's proof shows that it knows the password.
     *
     * @param proof 32 bytes of the client-final message
     * @param authMessage client-first-bare, server-first and client-final-without-proof, joined by commas
     */
    public boolean accepts(byte[] proof, byte[] authMessage) {
        if (proof.length != KEY_BYTES) {
            return false;
        }
        byte[] clientKey = hmac(storedKey, authMessage);
        for (int i = 0; i < KEY_BYTES; i++) {
            clientKey[i] ^= proof[i];
        }
        byte[] computed = Jca.digest("SHA-256").digest(clientKey);
        Arrays.fill(clientKey, (byte) 0);
        return MessageDigest.isEqual(computed, storedKey);
    }

    /** What proves to the client that the server knows the verifier. */
    public byte[] serverSignature(byte[] authMessage) {
        return hmac(serverKey, authMessage);
    }

    /** Whether {@code password} is the one; for checks on the server itself. */
    public boolean matches(String password) {
        ScramVerifier other = of(password, salt, iterations);
        return MessageDigest.isEqual(storedKey, other.storedKey);
    }

    @Override
    public String toString() {
        return PREFIX + iterations + ":***";
    }

    /** Hi() of RFC 5802, which is PBKDF2 with one block; over bytes, because passwords that fail SASLprep are used raw. */
    private static byte[] saltedPassword(byte[] password, byte[] salt, int iterations) {
        try {
            Mac mac = Jca.mac(HMAC);
            mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, HMAC));
            mac.update(salt);
            mac.update(new byte[] {0, 0, 0, 1});
            byte[] block = mac.doFinal();
            byte[] sum = block.clone();
            for (int round = 1; round < iterations; round++) {
                mac.update(block);
                mac.doFinal(block, 0);
                for (int i = 0; i < sum.length; i++) {
                    sum[i] ^= block[i];
                }
            }
            return sum;
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Jca.mac(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }
}
