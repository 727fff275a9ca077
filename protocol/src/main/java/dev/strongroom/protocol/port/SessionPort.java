package dev.strongroom.protocol.port;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.type.TypeContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection's session. All methods but {@link #cancel} run on the thread that owns the connection, one at a time. A failure is
 * a {@link DatabaseException}, thrown after the transaction has been put into its right state.
 */
public interface SessionPort extends AutoCloseable {
    /** Runs a whole query string. */
    void simpleQuery(String text, ResultSink sink);

    /** @param parameterOids given types, 0 where the server decides */
    void parse(String statement, String text, int[] parameterOids);

    /**
     * Makes a portal.
     *
     * @param formats none, one for all, or one for each value; 0 text, 1 binary
     * @param values null for SQL null
     */
    void bind(String portal, String statement, short[] formats, byte[] @Nullable [] values);

    PreparedDescription describeStatement(String name);

    /** Columns of a portal, null where it returns no rows. */
    @Nullable
    List<ColumnDescription> describePortal(String name);

    /** @param maxRows 0 for all */
    void execute(String portal, long maxRows, ResultSink sink);

    void closeStatement(String name);

    void closePortal(String name);

    /** Ends the implicit transaction of an extended query. */
    void sync();

    /**
     * What follows, one message, is a try under {@link dev.strongroom.common.time.NoWait}: on
     * {@link dev.strongroom.common.time.WouldBlock} it is taken back by {@link #undoTry} and said again; else {@link #keepTry}
     * follows.
     */
    void beginTry();

    /** The last try stands, whether it succeeded or not. */
    void keepTry();

    /** Takes the last try back, on a thread that may wait or not. A cancel request that came meanwhile stays. */
    void undoTry();

    /** Milliseconds the client may stay silent from now on, as its settings say; 0 for ever. Between messages. */
    long idleLimitMillis();

    /** {@code I} idle, {@code T} in a transaction, {@code E} in a failed one. */
    char status();

    /** Settings for the values written next. */
    TypeContext typeContext();

    /** Called before each ReadyForQuery: reports changed settings and pending notifications. */
    void beforeReady(ResultSink sink);

    /**
     * Says whom to tell that {@link #tellNews} has something to say.
     *
     * @param wake runs on any thread, often another session's, and returns at once
     */
    void onNews(Runnable wake);

    /** Sends the notifications that have come, unless a transaction is open; then they leave with its end. */
    void tellNews(ResultSink sink);

    /** Stops the running statement with this error; any thread, any time. */
    void cancel(DatabaseException reason);

    @Override
    void close();
}
