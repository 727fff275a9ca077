package dev.strongroom.server.boot;

import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.Severity;
import dev.strongroom.protocol.flow.ConnectionEvents;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts connections, statements and errors; logs what an administrator must know. No statement text is logged. */
final class ConnectionMetrics implements ConnectionEvents {
    private static final Logger LOG = LoggerFactory.getLogger("dev.strongroom.server.session");

    private final MeterRegistry registry;
    private final AtomicInteger sockets = new AtomicInteger();
    private final Counter accepted;
    private final Counter refusedPasswords;
    private final Timer statements;

    ConnectionMetrics(MeterRegistry registry) {
        this.registry = registry;
        registry.gauge("strongroom_sockets", sockets);
        accepted = Counter.builder("strongroom_connections")
                .description("connections accepted")
                .register(registry);
        refusedPasswords = Counter.builder("strongroom_authentication_failures")
                .description("passwords that were wrong")
                .register(registry);
        statements = Timer.builder("strongroom_statement")
                .description("time from a query or execute message to its last answer")
                .register(registry);
    }

    @Override
    public void connected() {
        sockets.incrementAndGet();
        accepted.increment();
    }

    @Override
    public void disconnected() {
        sockets.decrementAndGet();
    }

    @Override
    public void authenticationFailed(String user, String address) {
        refusedPasswords.increment();
        LOG.warn("password authentication failed for user \"{}\" from {}", user, address);
    }

    @Override
    public void failed(ErrorReport report) {
        registry.counter(
                        "strongroom_errors",
                        "class",
                        report.code().errorClass().name(),
                        "sqlstate",
                        report.code().sqlState())
                .increment();
        if (report.severity().compareTo(Severity.ERROR) > 0) {
            LOG.info(
                    "{}: {} ({})",
                    report.severity(),
                    report.message(),
                    report.code().sqlState());
        }
    }

    @Override
    public void bug(Throwable cause) {
        LOG.error("internal error in a session", cause);
    }

    @Override
    public void statement(long nanos) {
        statements.record(nanos, TimeUnit.NANOSECONDS);
    }
}
