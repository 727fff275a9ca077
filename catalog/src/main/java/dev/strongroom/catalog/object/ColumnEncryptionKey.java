package dev.strongroom.catalog.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A column encryption key, encrypted by one master key or, while that one is being changed, by two (AE-53). Its OID is the
 * key id of cells' envelopes.
 *
 * @param versions every metadata version there has been, the current one last (AE-61, decision A-4)
 * @param createdMicros microseconds since 1970
 * @param modifiedMicros microseconds since 1970
 */
public record ColumnEncryptionKey(
        int oid, String name, List<Value> values, List<Long> versions, long createdMicros, long modifiedMicros)
        implements ColumnKeyObject {
    /** The only algorithm a value may be encrypted with. */
    public static final String VALUE_ALGORITHM = "RSA_OAEP";

    /** The key encrypted by a master key. */
    public record Value(int masterKeyOid, byte[] encrypted) {}

    public ColumnEncryptionKey {
        values = List.copyOf(values);
        versions = List.copyOf(versions);
    }

    @Override
    public ObjectClass objectClass() {
        return ObjectClass.COLUMN_ENCRYPTION_KEY;
    }

    @Override
    public ColumnEncryptionKey withName(String name) {
        return new ColumnEncryptionKey(oid, name, values, versions, createdMicros, modifiedMicros);
    }

    /** Current metadata version. */
    public long version() {
        return versions.getLast();
    }

    public Optional<Value> value(int masterKeyOid) {
        return values.stream()
                .filter(value -> value.masterKeyOid() == masterKeyOid)
                .findFirst();
    }

    /** With other values, at a metadata version above all before. */
    public ColumnEncryptionKey withValues(List<Value> values, long micros) {
        List<Long> all = new ArrayList<>(versions);
        all.add(Math.max(micros, version() + 1));
        return new ColumnEncryptionKey(oid, name, values, all, createdMicros, micros);
    }
}
