package dev.strongroom.server.boot;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the providers under whose keys databases live (TDE-149). Open databases work on with the key in memory while their
 * provider is away, for a limited time if {@code ekm_cache_ttl} says so; closed ones are opened once it is back. What changes
 * is audited. Used by one background worker.
 */
final class ProviderWatch {
    /** Keys are kept until the server is restarted. */
    static final int UNLIMITED = -1;

    private static final Logger LOG = LoggerFactory.getLogger(ProviderWatch.class);
    private static final long SECOND = 1_000_000_000L;
    private static final long LOOK_NANOS = 60 * SECOND;
    private static final long RETRY_NANOS = 10 * SECOND;

    private final Ground ground;
    private final Clock clock;
    private final int ttlSeconds;
    private final Map<Integer, Known> known = new HashMap<>();

    /** What it works on. */
    interface Ground {
        /** Databases under a provider's key that are to be open. */
        Collection<Integer> databases();

        boolean isOpen(int databaseOid);

        /** LSN of the last checkpoint of an open database. */
        long checkpoint(int databaseOid);

        /** Why the provider cannot open a database's key. */
        Optional<DatabaseException> failure(int databaseOid);

        /** Ends the sessions of a database and closes it. */
        void shut(int databaseOid);

        void open(int databaseOid);

        /** Records a change. */
        void changed(int databaseOid, Change change);
    }

    /** What is audited. */
    enum Change {
        UNREACHABLE("provider unreachable"),
        REACHABLE("provider reachable"),
        KEY_EXPIRED("cached key expired");

        private final String event;

        Change(String event) {
            this.event = event;
        }

        String event() {
            return event;
        }
    }

    /**
     * @param answered when the provider last answered, monotonic nanoseconds
     * @param looked when it was last asked
     * @param checkpoint the last one when it answered
     */
    private record Known(boolean reachable, long answered, long looked, long checkpoint) {}

    /** @param ttlSeconds how long a key is used without its provider; 0 = until the next checkpoint */
    ProviderWatch(Ground ground, Clock clock, int ttlSeconds) {
        this.ground = ground;
        this.clock = clock;
        this.ttlSeconds = ttlSeconds;
    }

    /**
     * Looks at what is due.
     *
     * @return nanoseconds to the next look
     */
    long step() {
        Collection<Integer> databases = ground.databases();
        known.keySet().retainAll(databases);
        for (int database : databases) {
            try {
                look(database);
            } catch (DatabaseException failure) {
                LOG.warn("database {}: {}", database, failure.report().message());
            }
        }
        return ttlSeconds == UNLIMITED ? RETRY_NANOS : SECOND;
    }

    private void look(int database) {
        long now = clock.monotonicNanos();
        boolean open = ground.isOpen(database);
        Known before = known.get(database);
        long checkpoint = open ? ground.checkpoint(database) : before == null ? 0 : before.checkpoint;
        if (before != null && !isDue(before, open, checkpoint, now)) {
            return;
        }
        Known old = before == null ? new Known(true, now, now, checkpoint) : before;
        Optional<DatabaseException> failure = ground.failure(database);
        if (failure.isEmpty()) {
            known.put(database, new Known(true, now, now, checkpoint));
            if (!old.reachable) {
                LOG.info("database {}: its key provider answers again", database);
                ground.changed(database, Change.REACHABLE);
            }
            if (!open) {
                ground.open(database);
            }
            return;
        }
        known.put(database, new Known(false, old.answered, now, old.checkpoint));
        if (old.reachable) {
            LOG.warn("database {}: {}", database, failure.get().report().message());
            ground.changed(database, Change.UNREACHABLE);
        }
        if (open && isExpired(old, checkpoint, now)) {
            LOG.warn("database {} is closed: ekm_cache_ttl has passed without its key provider", database);
            ground.changed(database, Change.KEY_EXPIRED);
            ground.shut(database);
        }
    }

    private boolean isDue(Known before, boolean open, long checkpoint, long now) {
        long wait = before.reachable && open ? LOOK_NANOS : RETRY_NANOS;
        return now - before.looked >= wait || (open && isExpired(before, checkpoint, now));
    }

    /** Whether a key may no longer be used if its provider does not answer now. */
    private boolean isExpired(Known before, long checkpoint, long now) {
        return switch (ttlSeconds) {
            case UNLIMITED -> false;
            case 0 -> checkpoint != before.checkpoint;
            default -> now - before.answered >= ttlSeconds * SECOND;
        };
    }
}
