package dev.strongroom.storage.page;

import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.KeyVersion;
import org.jspecify.annotations.Nullable;

/**
 * How a database's bytes are to be protected from now on: the key version the next write uses, and where a plain page is still
 * legal (decision S-4). Any mixture of versions on disk is a legal database. Read by every page read and write, changed by
 * {@code storage.encryption}. Thread-safe.
 */
public final class Protection {
    /** Plain pages are legal everywhere. */
    public static final long PLAIN_ANYWHERE = 0;

    /** Plain pages are legal nowhere. */
    public static final long PLAIN_NOWHERE = Long.MAX_VALUE;

    private final DatabaseKeys keys;

    private record Now(@Nullable KeyVersion target, long plainFrom) {}

    private volatile Now now = new Now(null, PLAIN_ANYWHERE);

    public Protection(DatabaseKeys keys) {
        this.keys = keys;
    }

    public DatabaseKeys keys() {
        return keys;
    }

    /** Version that seals what is written next; null for plain. */
    public @Nullable KeyVersion target() {
        return now.target;
    }

    /** Number of {@link #target}, 0 for plain. */
    public int targetVersion() {
        KeyVersion target = now.target;
        return target == null ? 0 : target.number();
    }

    /**
     * Changes both at once.
     *
     * @param plainFrom plain pages are legal from this page number on
     */
    public void change(@Nullable KeyVersion target, long plainFrom) {
        now = new Now(target, plainFrom);
    }

    /** Whether a plain page is legal at a place. */
    public boolean allowsPlain(long page) {
        return page >= now.plainFrom;
    }
}
