package dev.strongroom.server.boot;

import dev.strongroom.common.time.Scheduler;
import dev.strongroom.sql.session.WarmUp;
import org.jspecify.annotations.Nullable;

/** The warm-up as a background worker: begun after the ready line, so that nobody waits for it (P-10). Thread-safe. */
final class WarmUpWork implements AutoCloseable {
    private final WarmUp warmUp;
    private final Scheduler scheduler;
    private Scheduler.@Nullable Worker worker;
    private boolean closed;

    WarmUpWork(WarmUp warmUp, Scheduler scheduler) {
        this.warmUp = warmUp;
        this.scheduler = scheduler;
    }

    /** Begins, unless the server is already being taken apart. */
    synchronized void start() {
        if (!closed) {
            worker = scheduler.start("warm-up", warmUp);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        Scheduler.Worker started = worker;
        worker = null;
        if (started != null) {
            started.close();
            warmUp.close();
        }
    }
}
