package dev.strongroom.server.listen;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.protocol.flow.Admission;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts authenticated clients up to {@code max_connections}; refuses all while the server is not open. Thread-safe. */
public final class ConnectionLimit implements Admission {
    private final int limit;
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean closing;

    public ConnectionLimit(int limit) {
        this.limit = limit;
    }

    @Override
    public void enter() {
        if (closing) {
            throw ErrorReport.fatal(ErrorCode.CANNOT_CONNECT_NOW, "the database system is shutting down")
                    .exception();
        }
        int before = inside.getAndUpdate(count -> count < limit ? count + 1 : count);
        if (before >= limit) {
            throw ErrorReport.fatal(ErrorCode.TOO_MANY_CONNECTIONS, "sorry, too many clients already")
                    .exception();
        }
    }

    @Override
    public void leave() {
        inside.decrementAndGet();
    }

    /** Clients inside now. */
    public int count() {
        return inside.get();
    }

    /** Lets nobody in any more. */
    public void closeDoor() {
        closing = true;
    }
}
