package dev.strongroom.storage.file;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stops a database for good. After a failed sync nobody knows what is on the disk (Rebello et al., USENIX ATC 2020), so
 * nothing more is written and no commit is acknowledged until a restart has recovered from the log. Thread-safe.
 */
public final class StopSwitch {
    private final AtomicReference<@Nullable DatabaseException> reason = new AtomicReference<>();
    private final Consumer<DatabaseException> listener;

    /**
     * @param listener told once, on the failing thread; the server ends the process from there
     */
    public StopSwitch(Consumer<DatabaseException> listener) {
        this.listener = listener;
    }

    /** Stops; only the first reason counts. Returns what the failing thread throws. */
    public DatabaseException stop(Throwable cause) {
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        DatabaseException stopped = ErrorReport.fatal(ErrorCode.CRASH_SHUTDOWN, "the database has stopped: " + why)
                .withHint("See to the disk, then start the server again: it recovers from its log, and nothing that was"
                        + " acknowledged is lost.")
                .exception(cause);
        if (reason.compareAndSet(null, stopped)) {
            listener.accept(stopped);
        }
        return stopped;
    }

    /** Stops without telling the listener: a database that could not be opened concerns nobody else. */
    public void stopQuietly(Throwable cause) {
        reason.compareAndSet(
                null,
                ErrorReport.fatal(ErrorCode.CANNOT_CONNECT_NOW, "the database is closed")
                        .exception(cause));
    }

    public boolean isStopped() {
        return reason.get() != null;
    }

    /** Throws if stopped. */
    public void check() {
        DatabaseException why = reason.get();
        if (why != null) {
            throw why.report().exception(why);
        }
    }
}
