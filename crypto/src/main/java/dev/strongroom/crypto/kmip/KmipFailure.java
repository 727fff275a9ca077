package dev.strongroom.crypto.kmip;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** What went wrong with a KMIP server; the message quotes nothing it said. */
public final class KmipFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Where it went wrong. */
    public enum Reason {
        /** The server cannot be reached, or one of both sides does not trust the other. */
        UNREACHABLE,
        /** The server knows us and does not let us in. */
        DENIED,
        /** There is no such object. */
        MISSING,
        /** The server does not do it. */
        REFUSED,
        /** The answer is none of KMIP. */
        MALFORMED
    }

    public KmipFailure(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public KmipFailure(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
