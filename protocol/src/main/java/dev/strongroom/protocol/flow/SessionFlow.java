package dev.strongroom.protocol.flow;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.Severity;
import dev.strongroom.common.time.Completion;
import dev.strongroom.protocol.port.SessionPort;
import dev.strongroom.protocol.wire.BackendWriter;
import dev.strongroom.protocol.wire.FrontendMessage;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One connection from authentication to its end. It has one owner at a time: a thread of its own, which starts it, ends it
 * and does all that may wait; or, between messages, the event loop, which tries each message as it comes and starts a thread
 * with it where trying is not enough (architecture.md 7). A thread that finds the inbox empty hands back to the event loop,
 * which lets go of an empty inbox and takes it over again when something is put into it. Answers gather in the writer
 * and leave when the inbox is empty, so a pipeline is answered in one flush.
 *
 * <p>A commit tried on the event loop is answered when the log is durable that far; until then the connection stays owned,
 * further messages wait in the inbox, and nothing is flushed.
 */
final class SessionFlow implements Runnable {
    private final ProtocolServices services;
    private final ClientConnection connection;
    private final FrontendMessage.Startup startup;
    private final BackendWriter writer;
    private final Runnable serving = this::serve;
    private final Runnable pumping = this::pump;
    private final Runnable resuming = this::resume;
    private final Runnable telling = this::tell;
    private volatile @Nullable SessionPort session;
    private volatile boolean terminating;
    private CancelRequests.@Nullable Key key;
    private @Nullable Conversation conversation;
    private boolean entered;
    /** What the connection ends with, found out on the event loop. */
    private @Nullable DatabaseException end;
    /** The commit that the gathered answers hang on, and its message. */
    private @Nullable Completion awaited;

    private @Nullable FrontendMessage answering;
    /** Runs while the client may speak and does not, if its settings limit that. Event loop. */
    private @Nullable Future<?> silence;

    SessionFlow(ProtocolServices services, ClientConnection connection, FrontendMessage.Startup startup) {
        this.services = services;
        this.connection = connection;
        this.startup = startup;
        this.writer = new BackendWriter(connection);
    }

    // ---- on a thread that may wait

    /** Authenticates, opens the session and serves what has come meanwhile. */
    @Override
    public void run() {
        key = services.cancels().issue(this::terminate);
        if (finishes(this::start)) {
            serve();
        }
    }

    private boolean start() {
        StartupFlow start = new StartupFlow(services, connection, writer, startup);
        start.authenticate();
        services.admission().enter();
        entered = true;
        connection.authenticated();
        CancelRequests.Key own = java.util.Objects.requireNonNull(key);
        SessionPort opened = start.open(own);
        session = opened;
        services.cancels().attach(own, opened);
        writer.readyForQuery('I');
        conversation = new Conversation(services, connection, opened, writer);
        opened.onNews(() -> connection.onLoop(telling));
        return true;
    }

    /** Serves until the inbox is empty, then hands back to the event loop; or the connection ends. */
    private void serve() {
        finishes(this::converse);
    }

    /** A part of the connection's life: true if it goes on after it. */
    @FunctionalInterface
    private interface Part {
        boolean run();
    }

    private boolean finishes(Part part) {
        boolean goesOn = false;
        try {
            goesOn = part.run();
        } catch (DatabaseException refused) {
            sendLast(refused.report());
        } catch (RuntimeException | AssertionError | VirtualMachineError bug) {
            services.events().bug(bug);
            sendLast(Conversation.internalError());
        } finally {
            if (!goesOn) {
                finish();
            }
        }
        return goesOn;
    }

    private boolean converse() {
        DatabaseException found = end;
        if (found != null) {
            throw found;
        }
        Conversation open = java.util.Objects.requireNonNull(conversation);
        MessageInbox inbox = connection.inbox();
        while (true) {
            if (terminating) {
                throw shutdownReport().exception();
            }
            if (inbox.isDrained()) {
                return false;
            }
            if (inbox.isEmpty()) {
                writer.flush();
                // By way of the event loop's queue: what it writes comes after what was written here.
                return connection.onLoop(pumping);
            }
            FrontendMessage message = inbox.take(connection::resumeReading);
            if (terminating) {
                throw shutdownReport().exception();
            }
            if (message == null || message instanceof FrontendMessage.Terminate) {
                return false;
            }
            if (message instanceof FrontendMessage.Unreadable unreadable) {
                throw unreadable.error();
            }
            open.answer(message);
        }
    }

    private void finish() {
        CancelRequests.Key own = key;
        if (own != null) {
            services.cancels().release(own);
        }
        closeSession();
        if (entered) {
            services.admission().leave();
        }
        connection.closeWhenSent();
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

    // ---- on the event loop

    /** Messages have come. */
    void messagesCame() {
        if (connection.inbox().claim()) {
            pump();
        }
    }

    /** The event loop owns the connection: tries what is in the inbox. */
    private void pump() {
        MessageInbox inbox = connection.inbox();
        Conversation open = java.util.Objects.requireNonNull(conversation);
        while (true) {
            FrontendMessage message = inbox.peek();
            if (message == null) {
                if (inbox.isClosed()) {
                    endSilence();
                    handOver();
                    return;
                }
                // News that came while the connection was owned found nobody to tell them.
                open.tellNews();
                writer.flush();
                long idleLimit = open.idleLimitMillis();
                if (inbox.release()) {
                    // News do not end the client's silence: the time it began still counts.
                    if (idleLimit > 0 && silence == null) {
                        silence = connection.onLoopAfter(this::silentTooLong, idleLimit);
                    }
                    return;
                }
                continue;
            }
            endSilence();
            if (!connection.isWritable() || !tries(open, message)) {
                handOver();
                return;
            }
            inbox.take(connection::resumeReading);
            Completion deferred = open.takeDeferred();
            if (deferred != null) {
                awaited = deferred;
                answering = message;
                deferred.whenDone(this::resumeOnLoop);
                return;
            }
            open.answered(message);
            writer.drainMuch();
        }
    }

    private void endSilence() {
        Future<?> running = silence;
        silence = null;
        if (running != null) {
            running.cancel(false);
        }
    }

    private void silentTooLong() {
        silence = null;
        if (connection.inbox().claimIdle()) {
            end = java.util.Objects.requireNonNull(conversation).idleTooLong();
            handOver();
        }
    }

    /** There is something to say to a client that may be waiting for just that. */
    private void tell() {
        if (connection.inbox().claimIdle()) {
            pump();
        }
    }

    private boolean tries(Conversation open, FrontendMessage message) {
        try {
            return open.tryAnswer(message);
        } catch (DatabaseException fatal) {
            end = fatal;
            return false;
        } catch (RuntimeException | AssertionError | VirtualMachineError bug) {
            services.events().bug(bug);
            end = Conversation.internalError().exception();
            return false;
        }
    }

    private void resumeOnLoop() {
        if (!connection.onLoop(resuming)) {
            handOver();
        }
    }

    /** The log has got to the commit that the answers hang on. */
    private void resume() {
        Completion done = java.util.Objects.requireNonNull(awaited);
        FrontendMessage message = java.util.Objects.requireNonNull(answering);
        awaited = null;
        answering = null;
        try {
            done.check();
        } catch (DatabaseException unknown) {
            // Nobody knows whether it is durable: what was to say so does not leave.
            writer.forget();
            end = unknown;
            handOver();
            return;
        }
        java.util.Objects.requireNonNull(conversation).answered(message);
        pump();
    }

    private void handOver() {
        services.threads().execute(serving);
    }

    // ---- from outside

    /** The socket closed: whatever runs is stopped. Event loop. */
    void clientGone() {
        endSilence();
        boolean owned = !connection.inbox().close();
        stop(new DatabaseException(ErrorCode.CONNECTION_FAILURE, "connection to client lost"));
        if (!owned) {
            handOver();
        }
    }

    /** Ends the connection from outside. Any thread. */
    private void terminate() {
        terminating = true;
        boolean owned = !connection.inbox().close();
        stop(shutdownReport().exception());
        if (!owned) {
            handOver();
        }
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
