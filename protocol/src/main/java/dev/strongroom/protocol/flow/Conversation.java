package dev.strongroom.protocol.flow;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.Severity;
import dev.strongroom.common.time.Completion;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.WouldBlock;
import dev.strongroom.protocol.port.SessionPort;
import dev.strongroom.protocol.wire.BackendWriter;
import dev.strongroom.protocol.wire.FrontendMessage;
import org.jspecify.annotations.Nullable;

/**
 * Answers the messages of an authenticated client, one after another, on whichever thread owns the connection just now: its
 * own, which may wait, or the event loop, which only tries.
 */
final class Conversation {
    /** Characters or bytes of a message that are taken apart in microseconds. */
    private static final int SHORT = 1 << 16;

    private final ProtocolServices services;
    private final ClientConnection connection;
    private final SessionPort port;
    private final BackendWriter writer;
    private final QuerySink sink;
    private final ExtendedQueryFlow extended;
    private final NoWait trying = new NoWait();
    private boolean skippingUntilSync;
    private long begun;

    Conversation(ProtocolServices services, ClientConnection connection, SessionPort port, BackendWriter writer) {
        this.services = services;
        this.connection = connection;
        this.port = port;
        this.writer = writer;
        this.sink = new QuerySink(port, writer, connection);
        this.extended = new ExtendedQueryFlow(port, writer, sink);
    }

    /**
     * Answers one message, waiting as long as it takes.
     *
     * @throws DatabaseException the connection ends with it
     */
    void answer(FrontendMessage message) {
        if (skips(message)) {
            return;
        }
        begun = services.clock().monotonicNanos();
        handle(message);
        answered(message);
    }

    /**
     * Tries to answer one message without waiting. What it would have waited for at a commit is then to be had from
     * {@link #takeDeferred}: nothing may leave before that is done.
     *
     * @return false, with nothing done, if the message has to wait or takes long
     * @throws DatabaseException the connection ends with it
     */
    boolean tryAnswer(FrontendMessage message) {
        if (skips(message)) {
            return true;
        }
        if (!canTry(message)) {
            return false;
        }
        begun = services.clock().monotonicNanos();
        writer.hold();
        port.beginTry();
        trying.begin(connection.isAlone());
        boolean waits = false;
        try {
            handle(message);
        } catch (WouldBlock later) {
            waits = true;
        } finally {
            trying.end();
            if (!waits) {
                writer.keep();
            }
        }
        if (!waits) {
            port.keepTry();
            return true;
        }
        writer.forget();
        if (trying.takeDeferred() != null) {
            throw new IllegalStateException("waited after a commit");
        }
        port.undoTry();
        return false;
    }

    /** Milliseconds the client may stay silent, 0 for ever. Between messages, on the event loop. */
    long idleLimitMillis() {
        return port.idleLimitMillis();
    }

    /** What a connection ends with whose client stayed silent for longer. */
    DatabaseException idleTooLong() {
        boolean idle = port.status() == 'I';
        return ErrorReport.fatal(
                        idle ? ErrorCode.IDLE_SESSION_TIMEOUT : ErrorCode.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
                        "terminating connection due to " + (idle ? "idle-session" : "idle-in-transaction") + " timeout")
                .exception();
    }

    /** Sends what the client did not ask for: notifications. Between messages, on the event loop. */
    void tellNews() {
        port.tellNews(sink);
    }

    /** What the last answer hangs on, null if it may leave at once. */
    @Nullable
    Completion takeDeferred() {
        return trying.takeDeferred();
    }

    /** Says that an answer may leave. */
    void answered(FrontendMessage message) {
        if (message instanceof FrontendMessage.Query || message instanceof FrontendMessage.Execute) {
            services.events().statement(services.clock().monotonicNanos() - begun);
        }
    }

    private boolean skips(FrontendMessage message) {
        return skippingUntilSync && !(message instanceof FrontendMessage.Sync);
    }

    private static boolean isShort(byte[] @Nullable [] values) {
        long bytes = 0;
        for (byte[] value : values) {
            bytes += value == null ? 0 : value.length;
        }
        return bytes <= SHORT;
    }

    private static boolean canTry(FrontendMessage message) {
        return switch (message) {
            case FrontendMessage.Query query -> query.text().length() <= SHORT;
            case FrontendMessage.Parse parse -> parse.text().length() <= SHORT;
            case FrontendMessage.Bind bind -> isShort(bind.values());
            case FrontendMessage.Describe describe -> true;
            case FrontendMessage.Execute execute -> execute.maxRows() <= 0;
            case FrontendMessage.Close close -> true;
            case FrontendMessage.Sync sync -> true;
            case FrontendMessage.Flush flush -> true;
            default -> false;
        };
    }

    private void handle(FrontendMessage message) {
        boolean endsCycle = endsCycle(message);
        try {
            dispatch(message);
        } catch (DatabaseException failure) {
            failed(failure, endsCycle);
        } catch (StackOverflowError tooDeep) {
            failed(
                    ErrorReport.error(ErrorCode.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
                            .exception(),
                    endsCycle);
        } catch (OutOfMemoryError noMemory) {
            failed(ErrorReport.error(ErrorCode.OUT_OF_MEMORY, "out of memory").exception(noMemory), endsCycle);
        } catch (RuntimeException | AssertionError bug) {
            services.events().bug(bug);
            failed(internalError().exception(), endsCycle);
        }
        if (endsCycle) {
            port.beforeReady(sink);
            skippingUntilSync = false;
            if (port.status() == 'I') {
                extended.forgetPortals();
            }
            writer.readyForQuery(port.status());
        }
    }

    private void dispatch(FrontendMessage message) {
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
            case FrontendMessage.Flush flush -> writer.flushSoon();
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

    static ErrorReport internalError() {
        return ErrorReport.error(ErrorCode.INTERNAL_ERROR, "internal error")
                .withHint("The server log has the details.");
    }
}
