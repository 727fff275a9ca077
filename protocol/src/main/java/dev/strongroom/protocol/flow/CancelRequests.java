package dev.strongroom.protocol.flow;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.protocol.port.SessionPort;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Process ids and secrets handed out, and the sessions they stand for. Thread-safe. */
public final class CancelRequests {
    private static final int FIRST_PROCESS_ID = 1000;

    private final Randomness randomness;
    private final AtomicInteger nextProcessId = new AtomicInteger(FIRST_PROCESS_ID);
    private final Map<Integer, Key> keys = new ConcurrentHashMap<>();

    public CancelRequests(Randomness randomness) {
        this.randomness = randomness;
    }

    /** One connection's key. */
    public static final class Key {
        private final int processId;
        private final int secret;
        private volatile @Nullable SessionPort session;
        private volatile @Nullable Runnable terminate;

        private Key(int processId, int secret) {
            this.processId = processId;
            this.secret = secret;
        }

        public int processId() {
            return processId;
        }

        public int secret() {
            return secret;
        }
    }

    Key issue(Runnable terminate) {
        while (true) {
            int processId = nextProcessId.getAndUpdate(id -> id == Integer.MAX_VALUE ? FIRST_PROCESS_ID : id + 1);
            Key key = new Key(processId, (int) randomness.nextLong());
            key.terminate = terminate;
            if (keys.putIfAbsent(processId, key) == null) {
                return key;
            }
        }
    }

    void attach(Key key, SessionPort session) {
        key.session = session;
    }

    void release(Key key) {
        key.session = null;
        keys.remove(key.processId, key);
    }

    /** Acts on a CancelRequest; a wrong number or secret does nothing. */
    void cancel(int processId, int secret) {
        Key key = keys.get(processId);
        if (key != null && key.secret == secret) {
            cancel(processId);
        }
    }

    /** What {@code pg_cancel_backend} does. */
    public boolean cancel(int processId) {
        return with(
                processId,
                session -> session.cancel(
                        new DatabaseException(ErrorCode.QUERY_CANCELED, "canceling statement due to user request")));
    }

    /** What {@code pg_terminate_backend} does: ends the connection with 57P01. */
    public boolean terminate(int processId) {
        Key key = keys.get(processId);
        Runnable end = key == null ? null : key.terminate;
        if (end == null) {
            return false;
        }
        end.run();
        return true;
    }

    /** Ends every connection. */
    public void terminateAll() {
        for (Integer processId : keys.keySet()) {
            terminate(processId);
        }
    }

    /** Connections open now. */
    public int count() {
        return keys.size();
    }

    private boolean with(int processId, Consumer<SessionPort> action) {
        Key key = keys.get(processId);
        SessionPort session = key == null ? null : key.session;
        if (session == null) {
            return key != null;
        }
        action.accept(session);
        return true;
    }
}
