package dev.strongroom.client.key;

import dev.strongroom.client.cell.ClosedKeyException;
import dev.strongroom.client.cell.ColumnKey;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The opened column keys of the process, each with a time to live after which it is zeroed (AE-126, AE-38). However many
 * threads ask at once, the key store is called once for a key (B-2). Whether a connection may use a key at all is asked
 * of its own providers before the cache is.
 *
 * <p>Thread-safe.
 */
public final class ColumnKeyCache {
    private static final long IDLE_SECONDS = 10;

    /** A value and what it was opened with: who cannot open it does not get it because somebody else could. */
    private record Name(ByteBuffer fingerprint, Object store) {}

    private final Map<Name, Entry> entries = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer;

    public ColumnKeyCache() {
        timer = new ScheduledThreadPoolExecutor(
                1, task -> Thread.ofPlatform().daemon().name("sr-client-keys").unstarted(task));
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    /** What is done with an opened key. It may be called a second time if the key was closed meanwhile. */
    @FunctionalInterface
    public interface Use<T> {
        T with(ColumnKey key) throws SQLException;
    }

    /**
     * Does something with an opened key.
     *
     * @param timeToLive how long a newly opened key stays; zero = it is closed again at once
     */
    public <T> T use(EncryptedKey key, KeyProviders providers, Duration timeToLive, Use<T> use) throws SQLException {
        if (timeToLive.isZero()) {
            try (ColumnKey opened = open(key, providers, ColumnKeyCache::openNow)) {
                return use.with(opened);
            }
        }
        while (true) {
            try {
                ColumnKey known = alreadyOpen(key, providers);
                return use.with(
                        known != null
                                ? known
                                : open(key, providers, (value, provider) -> cached(value, provider, timeToLive)));
            } catch (ClosedKeyException expired) {
                // Its time ended between finding and using it: the next round opens it again.
                continue;
            }
        }
    }

    /**
     * One user's way to one key: finds it as {@link #use} does and goes on with it while it is open, without asking again
     * for every cell. Used by one thread at a time.
     */
    public final class Held {
        private final EncryptedKey key;
        private final KeyProviders providers;
        private final Duration timeToLive;
        private @Nullable ColumnKey open;

        private Held(EncryptedKey key, KeyProviders providers, Duration timeToLive) {
            this.key = key;
            this.providers = providers;
            this.timeToLive = timeToLive;
        }

        public <T> T use(Use<T> use) throws SQLException {
            ColumnKey known = open;
            if (known != null) {
                try {
                    return use.with(known);
                } catch (ClosedKeyException expired) {
                    open = null;
                }
            }
            return ColumnKeyCache.this.use(key, providers, timeToLive, found -> {
                T made = use.with(found);
                open = timeToLive.isZero() ? null : found;
                return made;
            });
        }
    }

    /** A way to a key for many cells. */
    public Held held(EncryptedKey key, KeyProviders providers, Duration timeToLive) {
        return new Held(key, providers, timeToLive);
    }

    @FunctionalInterface
    private interface Opening {
        ColumnKey open(EncryptedKey.Value value, ColumnKeyProvider provider) throws ColumnEncryptionException;
    }

    /** Tries the values in order; of several failures the last is told (AE-86). */
    private static ColumnKey open(EncryptedKey key, KeyProviders providers, Opening opening)
            throws ColumnEncryptionException {
        ColumnEncryptionException last = null;
        for (EncryptedKey.Value value : key.values()) {
            try {
                return opening.open(value, providers.trusted(value));
            } catch (ColumnEncryptionException e) {
                if (last != null) {
                    e.addSuppressed(last);
                }
                last = e;
            }
        }
        throw last != null
                ? last
                : new ColumnEncryptionException(
                        Reason.KEY_INVALID, "column encryption key \"" + key.name() + "\" has no encrypted value");
    }

    /**
     * The key if it is open by any of its values: while a master key is changed, a client that has one of the two would
     * else ask its store in vain for the other one with every cell (AE-38, AE-152).
     */
    private @Nullable ColumnKey alreadyOpen(EncryptedKey key, KeyProviders providers) {
        for (EncryptedKey.Value value : key.values()) {
            ColumnKeyProvider provider = providers.known(value);
            Entry entry = provider == null ? null : entries.get(new Name(value.fingerprint(), provider.store()));
            ColumnKey open = entry == null ? null : entry.key;
            if (open != null) {
                return open;
            }
        }
        return null;
    }

    private static ColumnKey openNow(EncryptedKey.Value value, ColumnKeyProvider provider)
            throws ColumnEncryptionException {
        byte[] plain = provider.decryptColumnEncryptionKey(value.path(), value.algorithm(), value.encrypted());
        try {
            return ColumnKey.of(plain);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private ColumnKey cached(EncryptedKey.Value value, ColumnKeyProvider provider, Duration timeToLive)
            throws ColumnEncryptionException {
        Name name = new Name(value.fingerprint(), provider.store());
        while (true) {
            ColumnKey key = entries.computeIfAbsent(name, Entry::new).get(value, provider, timeToLive);
            if (key != null) {
                return key;
            }
            // Its time ended between finding the entry and asking it.
        }
    }

    /** How many keys are open now. */
    public int size() {
        return (int)
                entries.values().stream().filter(entry -> entry.key != null).count();
    }

    /** Closes and forgets every key. */
    public void clear() {
        entries.values().forEach(Entry::close);
    }

    private final class Entry {
        private final Name name;
        private volatile @Nullable ColumnKey key;
        private boolean ended;

        Entry(Name name) {
            this.name = name;
        }

        /** The key, or null if this entry is no longer in the cache. */
        @Nullable
        ColumnKey get(EncryptedKey.Value value, ColumnKeyProvider provider, Duration timeToLive)
                throws ColumnEncryptionException {
            ColumnKey open = key;
            return open != null ? open : load(value, provider, timeToLive);
        }

        private synchronized @Nullable ColumnKey load(
                EncryptedKey.Value value, ColumnKeyProvider provider, Duration timeToLive)
                throws ColumnEncryptionException {
            ColumnKey open = key;
            if (open == null && !ended) {
                open = openNow(value, provider);
                key = open;
                timer.schedule(this::close, timeToLive.toNanos(), TimeUnit.NANOSECONDS);
            }
            return open;
        }

        synchronized void close() {
            ColumnKey open = key;
            key = null;
            ended = true;
            entries.remove(name, this);
            if (open != null) {
                open.close();
            }
        }
    }
}
