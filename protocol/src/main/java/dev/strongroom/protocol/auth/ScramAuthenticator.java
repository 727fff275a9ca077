package dev.strongroom.protocol.auth;

import dev.strongroom.common.time.Randomness;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts exchanges; users without a secret get a salt that stays the same from try to try. Thread-safe. */
public final class ScramAuthenticator {
    private static final int ITERATIONS = 4096;
    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 18;

    private final ScramSecrets secrets;
    private final Randomness randomness;
    private final byte[] mockKey = new byte[32];

    public ScramAuthenticator(ScramSecrets secrets, Randomness randomness) {
        this.secrets = secrets;
        this.randomness = randomness;
        randomness.fill(mockKey);
    }

    /** @param channelBinding hash of the server's certificate where PLUS is offered, else null */
    public ScramExchange begin(String user, byte @Nullable [] channelBinding) {
        byte[] nonce = new byte[NONCE_BYTES];
        randomness.fill(nonce);
        Optional<ScramSecret> found = secrets.find(user);
        ScramSecret secret = found.orElseGet(() -> mock(user));
        return new ScramExchange(
                secret, found.isPresent(), channelBinding, Base64.getEncoder().encodeToString(nonce));
    }

    private ScramSecret mock(String user) {
        byte[] digest = ScramExchange.hmac(mockKey, user.getBytes(StandardCharsets.UTF_8));
        return new ScramSecret(ITERATIONS, Arrays.copyOf(digest, SALT_BYTES), digest, digest);
    }
}
