package dev.strongroom.storage.txn;

import dev.strongroom.storage.key.KeyHash;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Older versions of rows, those in memory, by the content of a tree, which its root names, and key: what TRUNCATE took away must
 * not show through what came after it. A row's chain changes under its leaf's exclusive latch, so whoever holds the latch
 * shared sees row and chain in step; only links that nobody can need any more are cut without it, and those taken out that are
 * in a file by then: then the writer of the newer version tells whose run to look in. Thread-safe.
 */
final class VersionChains {
    private final ConcurrentHashMap<Key, Version> heads = new ConcurrentHashMap<>();

    boolean isEmpty() {
        return heads.isEmpty();
    }

    @Nullable
    Version head(long content, byte[] key) {
        return heads.get(new Key(content, key));
    }

    /**
     * @param writer who replaces the image
     */
    Version push(long content, byte[] key, byte[] image, long writer) {
        Key at = new Key(content, key);
        Version pushed = new Version(writer, image, null);
        heads.compute(at, (same, older) -> {
            pushed.older = older;
            return pushed;
        });
        return pushed;
    }

    /** Takes the newest version off again. */
    void pop(long content, byte[] key, Version version) {
        heads.computeIfPresent(new Key(content, key), (same, head) -> head == version ? head.older : head);
    }

    /** Takes a version out wherever it is; who has come to it meanwhile goes on behind it. */
    void unlink(long content, byte[] key, Version version) {
        heads.computeIfPresent(new Key(content, key), (same, head) -> {
            if (head == version) {
                return head.older;
            }
            for (Version newer = head; newer != null; newer = newer.older) {
                if (newer.older == version) {
                    newer.older = version.older;
                }
            }
            return head;
        });
    }

    /** Forgets a version and all older ones. */
    void cut(long content, byte[] key, Version version) {
        heads.computeIfPresent(new Key(content, key), (same, head) -> {
            if (head == version) {
                return null;
            }
            for (Version newer = head; newer != null; newer = newer.older) {
                if (newer.older == version) {
                    newer.older = null;
                }
            }
            return head;
        });
    }

    void clear(long content, byte[] key) {
        if (!heads.isEmpty()) {
            heads.remove(new Key(content, key));
        }
    }

    private record Key(long content, byte[] key) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && content == that.content && Arrays.equals(key, that.key);
        }

        @Override
        public int hashCode() {
            return KeyHash.of(content, key);
        }
    }
}
