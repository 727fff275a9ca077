package dev.strongroom.crypto.hierarchy;

import dev.strongroom.crypto.key.KeyBuffer;

/** How opening something with a password ended; a wrong password and damaged bytes are told apart (TDE-132). */
public sealed interface Opening {
    /** The secret, which the receiver closes. */
    record Opened(KeyBuffer secret) implements Opening {}

    record WrongPassword() implements Opening {}

    record Damaged() implements Opening {}
}
