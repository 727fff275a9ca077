package dev.strongroom.catalog.key;

import dev.strongroom.crypto.hierarchy.DatabaseMasterKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The master keys one session has opened with OPEN MASTER KEY; they survive ROLLBACK (TDE-123). Used by its thread only. */
public final class KeySession implements AutoCloseable {
    private final Map<Integer, DatabaseMasterKey> opened = new HashMap<>();

    Optional<DatabaseMasterKey> masterKey(int databaseOid) {
        return Optional.ofNullable(opened.get(databaseOid));
    }

    void open(int databaseOid, DatabaseMasterKey key) {
        DatabaseMasterKey before = opened.put(databaseOid, key);
        if (before != null) {
            before.close();
        }
    }

    boolean close(int databaseOid) {
        DatabaseMasterKey key = opened.remove(databaseOid);
        if (key != null) {
            key.close();
        }
        return key != null;
    }

    @Override
    public void close() {
        opened.values().forEach(DatabaseMasterKey::close);
        opened.clear();
    }
}
