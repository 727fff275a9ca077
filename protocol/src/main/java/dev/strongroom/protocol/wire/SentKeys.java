package dev.strongroom.protocol.wire;

import dev.strongroom.protocol.port.ColumnCell;
import dev.strongroom.protocol.port.ColumnCell.MasterKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which column keys a connection has been told of: each once, again after a change (AE-116). What is written on trial can be
 * taken back. One thread at a time.
 */
final class SentKeys {
    private final Map<Integer, Long> encryptionKeys = new HashMap<>();
    private final Map<Integer, MasterKey> masterKeys = new HashMap<>();
    private final List<Runnable> undo = new ArrayList<>();

    /** What is noted from here on can be taken back. */
    void mark() {
        undo.clear();
    }

    /** Takes back what was noted since the mark. */
    void forget() {
        undo.reversed().forEach(Runnable::run);
        undo.clear();
    }

    /** Notes a key's version; true if the client does not know it yet. */
    boolean isNew(ColumnCell cell) {
        Long before = encryptionKeys.put(cell.keyId(), cell.keyVersion());
        undo.add(() -> restore(encryptionKeys, cell.keyId(), before));
        return before == null || before != cell.keyVersion();
    }

    /** Notes a master key; true if the client does not know it as it is now. */
    boolean isNew(MasterKey key) {
        MasterKey before = masterKeys.put(key.id(), key);
        undo.add(() -> restore(masterKeys, key.id(), before));
        return before == null
                || !before.name().equals(key.name())
                || !before.path().equals(key.path())
                || !before.provider().equals(key.provider());
    }

    private static <V> void restore(Map<Integer, V> map, int key, @Nullable V before) {
        if (before == null) {
            map.remove(key);
        } else {
            map.put(key, before);
        }
    }
}
