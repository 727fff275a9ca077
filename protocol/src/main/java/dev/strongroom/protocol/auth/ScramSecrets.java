package dev.strongroom.protocol.auth;

import java.util.Optional;

/** Looks up what is kept of a user's password. */
@FunctionalInterface
public interface ScramSecrets {
    /** Empty where the user does not exist, may not log in, or has no password. */
    Optional<ScramSecret> find(String user);
}
