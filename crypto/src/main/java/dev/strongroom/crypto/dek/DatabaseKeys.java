package dev.strongroom.crypto.dek;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The key versions a database can open right now. Look-ups take no lock; adding and retiring replace the list. A version
 * is retired only when no page, log segment or boot record names it any more.
 */
public final class DatabaseKeys implements AutoCloseable {
    private volatile KeyVersion[] versions = new KeyVersion[0];

    /** Opens a list of keys, all or none; the caller closes them. */
    public static <W> DatabaseKeys open(Iterable<W> wrapped, Function<W, KeyVersion> opener) {
        DatabaseKeys keys = new DatabaseKeys();
        boolean done = false;
        try {
            wrapped.forEach(key -> keys.add(opener.apply(key)));
            done = true;
            return keys;
        } finally {
            if (!done) {
                keys.close();
            }
        }
    }

    /** The version with this number, or null if it is not held. */
    public @Nullable KeyVersion find(int number) {
        for (KeyVersion version : versions) {
            if (version.number() == number) {
                return version;
            }
        }
        return null;
    }

    /** The version with this number, which the caller knows to be held. */
    public KeyVersion require(int number) {
        KeyVersion version = find(number);
        if (version == null) {
            throw new IllegalStateException("key version " + number + " is not open");
        }
        return version;
    }

    /** Takes over {@code version}. */
    public synchronized void add(KeyVersion version) {
        if (find(version.number()) != null) {
            throw new IllegalStateException("key version " + version.number() + " is already open");
        }
        KeyVersion[] grown = Arrays.copyOf(versions, versions.length + 1);
        grown[versions.length] = version;
        versions = grown;
    }

    /** Forgets and overwrites the version; does nothing if it is not held. */
    public synchronized void retire(int number) {
        KeyVersion version = find(number);
        if (version != null) {
            versions = Arrays.stream(versions).filter(v -> v != version).toArray(KeyVersion[]::new);
            version.close();
        }
    }

    public boolean any() {
        return versions.length > 0;
    }

    public List<KeyVersion> all() {
        return List.of(versions);
    }

    @Override
    public synchronized void close() {
        KeyVersion[] closing = versions;
        versions = new KeyVersion[0];
        for (KeyVersion version : closing) {
            version.close();
        }
    }
}
