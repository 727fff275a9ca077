package dev.strongroom.server.session;

import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.common.time.Clock;
import dev.strongroom.protocol.auth.ScramSecret;
import dev.strongroom.protocol.auth.ScramSecrets;
import java.util.Base64;
import java.util.Optional;

/** SCRAM verifiers of the roles that may log in. Thread-safe. */
public final class RoleSecrets implements ScramSecrets {
    private static final String PREFIX = "SCRAM-SHA-256$";
    private static final long EPOCH_2000_MICROS = 946_684_800_000_000L;

    private final SharedCatalog shared;
    private final Clock clock;

    public RoleSecrets(SharedCatalog shared, Clock clock) {
        this.shared = shared;
        this.clock = clock;
    }

    @Override
    public Optional<ScramSecret> find(String user) {
        return shared.head().role(user).flatMap(this::secret);
    }

    private Optional<ScramSecret> secret(Role role) {
        String verifier = role.verifier();
        Long validUntil = role.validUntilMicros();
        boolean expired = validUntil != null && validUntil < clock.epochMicros() - EPOCH_2000_MICROS;
        if (verifier == null || expired || !role.attributes().login()) {
            return Optional.empty();
        }
        return parse(verifier);
    }

    /** {@code SCRAM-SHA-256$iterations:salt$storedKey:serverKey}, as PostgreSQL writes it. */
    static Optional<ScramSecret> parse(String verifier) {
        if (!verifier.startsWith(PREFIX)) {
            return Optional.empty();
        }
        String[] parts = verifier.substring(PREFIX.length()).split("[$:]", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        Base64.Decoder base64 = Base64.getDecoder();
        try {
            return Optional.of(new ScramSecret(
                    Integer.parseInt(parts[0]),
                    base64.decode(parts[1]),
                    base64.decode(parts[2]),
                    base64.decode(parts[3])));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }
}
