package dev.strongroom.sql.session;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Scheduler;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Cancels statements that run longer than statement_timeout. One worker for all sessions, started on first use. */
final class StatementTimer implements AutoCloseable {
    private final Scheduler scheduler;
    private final Clock clock;
    private final Map<Long, Deadline> deadlines = new ConcurrentHashMap<>();
    private final AtomicLong tickets = new AtomicLong(1);
    private Scheduler.@Nullable Worker worker;

    private record Deadline(long nanos, CancelFlag flag) {}

    StatementTimer(Scheduler scheduler, Clock clock) {
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /** Starts a limit; the ticket ends it. */
    long start(long millis, CancelFlag flag) {
        long ticket = tickets.getAndIncrement();
        deadlines.put(ticket, new Deadline(clock.monotonicNanos() + millis * 1_000_000L, flag));
        wake();
        return ticket;
    }

    void stop(long ticket) {
        deadlines.remove(ticket);
    }

    private synchronized void wake() {
        Scheduler.Worker running = worker;
        if (running == null) {
            worker = scheduler.start("statement-timeout", this::step);
        } else {
            running.wake();
        }
    }

    private long step() {
        long now = clock.monotonicNanos();
        long next = Long.MAX_VALUE;
        for (Map.Entry<Long, Deadline> entry : deadlines.entrySet()) {
            long left = entry.getValue().nanos() - now;
            if (left <= 0) {
                if (deadlines.remove(entry.getKey(), entry.getValue())) {
                    entry.getValue()
                            .flag()
                            .cancel(new DatabaseException(
                                    ErrorCode.QUERY_CANCELED, "canceling statement due to statement timeout"));
                    scheduler.signal(entry.getValue().flag());
                }
            } else {
                next = Math.min(next, left);
            }
        }
        return next;
    }

    @Override
    public synchronized void close() {
        Scheduler.Worker running = worker;
        worker = null;
        if (running != null) {
            running.close();
        }
    }
}
