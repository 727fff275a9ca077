package dev.strongroom.crypto.provider;

import java.io.Serial;

/** What went wrong with a token; whoever knows the names of provider and key turns it into an error of the catalogue. */
public final class TokenFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Where it went wrong. */
    public enum Reason {
        /** The library does not load. */
        LIBRARY,
        /** The token is not there, or refuses the PIN. */
        SESSION,
        KEY_MISSING,
        KEY_EXISTS,
        CREATE,
        /** The token refuses an operation with a key. */
        OPERATION
    }

    public TokenFailure(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    TokenFailure(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
