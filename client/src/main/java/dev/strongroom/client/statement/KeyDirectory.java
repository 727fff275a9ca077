package dev.strongroom.client.statement;

import dev.strongroom.client.key.EncryptedKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The encrypted column keys of every database the process has read from, by database, id and metadata version (decision
 * An id and version mean the same key for ever, so nothing has to be taken out. Thread-safe.
 */
public final class KeyDirectory {
    private record Name(String database, int id, long version) {}

    private final Map<Name, EncryptedKey> keys = new ConcurrentHashMap<>();

    public @Nullable EncryptedKey find(String database, int id, long version) {
        return keys.get(new Name(database, id, version));
    }

    public void add(String database, List<EncryptedKey> found) {
        for (EncryptedKey key : found) {
            keys.put(new Name(database, key.id(), key.version()), key);
        }
    }
}
