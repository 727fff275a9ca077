package dev.strongroom.common.time;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Asks a running statement to stop. Set by any thread, looked at by the statement's thread. */
public final class CancelFlag {
    private volatile @Nullable DatabaseException reason;

    /** Asks to stop as a CancelRequest does. */
    public void cancel() {
        cancel(new DatabaseException(ErrorCode.QUERY_CANCELED, "canceling statement due to user request"));
    }

    /** Asks to stop with another error (statement timeout, shutdown). */
    public void cancel(DatabaseException why) {
        reason = why;
    }

    /** Forgets a request, before the next statement. */
    public void clear() {
        reason = null;
    }

    public boolean isSet() {
        return reason != null;
    }

    /** Throws the request's error if there is one. */
    public void check() {
        DatabaseException why = reason;
        if (why != null) {
            throw why;
        }
    }
}
