package dev.strongroom.protocol.flow;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.Severity;
import dev.strongroom.protocol.port.SessionPort;
import dev.strongroom.protocol.wire.BackendWriter;
import dev.strongroom.protocol.wire.FrontendMessage;
import org.jspecify.annotations.Nullable;

/**
 * One connection from authentication to its end, on its own thread. Answers gather in the writer and leave when the inbox is
 * empty, so a pipeline is answered in one flush.
 */
final class SessionFlow implements Runnable {
    private final ProtocolServices services;
    private final ClientConnection connection;
    private final FrontendMessage.Startup startup;
    private final BackendWriter writer;
    private volatile @Nullable SessionPort session;
    private volatile boolean terminating;
    private boolean skippingUntilSync;

    SessionFlow(ProtocolServices services, ClientConnection connection, FrontendMessage.Startup startup) {
        this.services = services;
        this.connection = connection;
        this.startup = startup;
        this.writer = new BackendWriter(connection);
    }

    @Override
    public void run() {
        CancelRequests.Key key = services.cancels().issue(this::terminate);
        boolean entered = false;
        try {
            StartupFlow start = new StartupFlow(services, connection, writer, startup);
            start.authenticate();
            services.admission().enter();
            entered = true;
            connection.authenticated();
            SessionPort opened = start.open(key);
            session = opened;
            services.cancels().attach(key, opened);
            writer.readyForQuery('I');
            converse(opened);
        } catch (DatabaseException refused) {
            sendLast(refused.report());
        } catch (RuntimeException | AssertionError | StackOverflowError bug) {
            services.events().bug(bug);
            sendLast(internalError());
        } finally {
            services.cancels().release(key);
            closeSession();
            if (entered) {
                services.admission().leave();
            }
            connection.closeWhenSent();
        }
    }

    private void closeSession() {
        SessionPort open = session;
        session = null;
        if (open != null) {
            try {
                open.close();
            } catch (RuntimeException | AssertionError bug) {
                services.events().bug(bug);
            }
        }
    }

    /** The socket closed: whatever runs is stopped. Event loop. */
    void clientGone() {
        stop(new DatabaseException(ErrorCode.CONNECTION_FAILURE, "connection to client lost"));
    }

    /** Ends the connection from outside. Any thread. */
    private void terminate() {
        terminating = true;
        connection.inbox().close();
        stop(shutdownReport().exception());
    }

    private static ErrorReport shutdownReport() {
        return ErrorReport.fatal(ErrorCode.ADMIN_SHUTDOWN, "terminating connection due to administrator command");
    }

    private void stop(DatabaseException why) {
        SessionPort running = session;
        if (running != null) {
            running.cancel(why);
        }
    }

    private void converse(SessionPort port) {
        QuerySink sink = new QuerySink(port, writer, connection);
        ExtendedQueryFlow extended = new ExtendedQueryFlow(port, writer, sink);
        while (true) {
            if (connection.inbox().isEmpty()) {
                writer.flush();
            }
            FrontendMessage message = connection.inbox().take(connection::resumeReading);
            if (terminating) {
                throw shutdownReport().exception();
            }
            if (message == null || message instanceof FrontendMessage.Terminate) {
                return;
            }
            if (message instanceof FrontendMessage.Unreadable unreadable) {
                throw unreadable.error();
            }
            if (skippingUntilSync && !(message instanceof FrontendMessage.Sync)) {
                continue;
            }
            handle(message, port, extended, sink);
        }
    }

    private void handle(FrontendMessage message, SessionPort port, ExtendedQueryFlow extended, QuerySink sink) {
        boolean endsCycle = endsCycle(message);
        long begun = services.clock().monotonicNanos();
        try {
            dispatch(message, port, extended, sink);
        } catch (DatabaseException failure) {
            failed(failure, endsCycle);
        } catch (StackOverflowError tooDeep) {
            failed(
                    ErrorReport.error(ErrorCode.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
                            .exception(),
                    endsCycle);
        } catch (RuntimeException | AssertionError bug) {
            services.events().bug(bug);
            failed(internalError().exception(), endsCycle);
        }
        if (message instanceof FrontendMessage.Query || message instanceof FrontendMessage.Execute) {
            services.events().statement(services.clock().monotonicNanos() - begun);
        }
        if (endsCycle) {
            skippingUntilSync = false;
            port.beforeReady(sink);
            if (port.status() == 'I') {
                extended.forgetPortals();
            }
            writer.readyForQuery(port.status());
        }
    }

    private void dispatch(FrontendMessage message, SessionPort port, ExtendedQueryFlow extended, QuerySink sink) {
        switch (message) {
            case FrontendMessage.Query query -> {
                sink.startStatement();
                extended.forgetPortal("");
                port.simpleQuery(query.text(), sink);
            }
            case FrontendMessage.Parse parse -> extended.parse(parse);
            case FrontendMessage.Bind bind -> extended.bind(bind);
            case FrontendMessage.Describe describe -> extended.describe(describe);
            case FrontendMessage.Execute execute -> extended.execute(execute);
            case FrontendMessage.Close close -> extended.close(close);
            case FrontendMessage.Sync sync -> port.sync();
            case FrontendMessage.Flush flush -> writer.flush();
            case FrontendMessage.CopyData late -> {}
            case FrontendMessage.CopyDone late -> {}
            case FrontendMessage.CopyFail late -> {}
            case FrontendMessage.FunctionCall call ->
                throw new DatabaseException(
                        ErrorCode.FEATURE_NOT_SUPPORTED, "the function call message is not supported");
            case FrontendMessage.Malformed malformed -> throw malformed.error();
            case FrontendMessage.Authentication late ->
                throw ErrorReport.fatal(ErrorCode.PROTOCOL_VIOLATION, "invalid frontend message type 112")
                        .exception();
            case FrontendMessage.SslRequest none -> throw unexpected();
            case FrontendMessage.GssEncRequest none -> throw unexpected();
            case FrontendMessage.CancelRequest none -> throw unexpected();
            case FrontendMessage.Startup none -> throw unexpected();
            case FrontendMessage.Terminate none -> throw unexpected();
            case FrontendMessage.Unreadable none -> throw unexpected();
        }
    }

    private static IllegalStateException unexpected() {
        return new IllegalStateException("handled before");
    }

    /** True for messages answered by ReadyForQuery whatever happens. */
    private static boolean endsCycle(FrontendMessage message) {
        return switch (message) {
            case FrontendMessage.Query query -> true;
            case FrontendMessage.Sync sync -> true;
            case FrontendMessage.FunctionCall call -> true;
            case FrontendMessage.Malformed malformed -> "PBDECH".indexOf(malformed.type()) < 0;
            default -> false;
        };
    }

    private void failed(DatabaseException failure, boolean endsCycle) {
        writer.abandonMessage();
        ErrorReport report = failure.report();
        if (connection.isGone() || report.severity().compareTo(Severity.ERROR) > 0) {
            throw failure;
        }
        services.events().failed(report);
        writer.error(report);
        if (!endsCycle) {
            skippingUntilSync = true;
        }
    }

    private static ErrorReport internalError() {
        return ErrorReport.error(ErrorCode.INTERNAL_ERROR, "internal error")
                .withHint("The server log has the details.");
    }

    /** The error that ends the connection. */
    private void sendLast(ErrorReport report) {
        services.events().failed(report);
        if (connection.isGone()) {
            return;
        }
        try {
            writer.abandonMessage();
            writer.error(
                    report.severity().compareTo(Severity.ERROR) > 0 ? report : report.withSeverity(Severity.FATAL));
            writer.flush();
        } catch (DatabaseException alsoGone) {
            assert connection.isGone();
        }
    }
}
