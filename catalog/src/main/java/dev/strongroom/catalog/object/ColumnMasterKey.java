package dev.strongroom.catalog.object;

import org.jspecify.annotations.Nullable;

/**
 * A column master key: where its clients find it, nothing more (AE-17).
 *
 * @param provider name of the key store provider
 * @param path of the key in that store
 * @param signature what allows enclave computations (AE-55), null without ENCLAVE_COMPUTATIONS
 * @param createdMicros microseconds since 1970
 * @param modifiedMicros microseconds since 1970
 */
public record ColumnMasterKey(
        int oid,
        String name,
        String provider,
        String path,
        byte @Nullable [] signature,
        long createdMicros,
        long modifiedMicros)
        implements ColumnKeyObject {
    @Override
    public ObjectClass objectClass() {
        return ObjectClass.COLUMN_MASTER_KEY;
    }

    @Override
    public ColumnMasterKey withName(String name) {
        return new ColumnMasterKey(oid, name, provider, path, signature, createdMicros, modifiedMicros);
    }

    public ColumnMasterKey renamed(String name, long micros) {
        return new ColumnMasterKey(oid, name, provider, path, signature, createdMicros, micros);
    }
}
