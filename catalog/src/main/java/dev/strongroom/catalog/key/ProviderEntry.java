package dev.strongroom.catalog.key;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Role;
import java.util.Map;
import java.util.UUID;

/**
 * A cryptographic provider (TDE-143).
 *
 * @param path the descriptor file, as the statement named it
 * @param created microseconds since 1970
 */
public record ProviderEntry(
        int id,
        String name,
        String path,
        ProviderDescriptor descriptor,
        boolean enabled,
        int ownerOid,
        long createdMicros,
        Map<Integer, Integer> grants)
        implements Grantable {
    static final int CODE = 5;
    static final int FIRST_ID = 0x2001_0000;

    private static final int ID_BASE = 0x2000_0000;

    public ProviderEntry {
        grants = Map.copyOf(grants);
    }

    @Override
    public int databaseOid() {
        return DatabaseDefinition.MASTER;
    }

    /** Column {@code provider_id}. */
    public int number() {
        return id - ID_BASE;
    }

    public UUID guid() {
        return descriptor.guid();
    }

    ProviderEntry with(String newPath, ProviderDescriptor newDescriptor) {
        return new ProviderEntry(id, name, newPath, newDescriptor, enabled, ownerOid, createdMicros, grants);
    }

    ProviderEntry withEnabled(boolean on) {
        return new ProviderEntry(id, name, path, descriptor, on, ownerOid, createdMicros, grants);
    }

    @Override
    public ProviderEntry withGrants(Map<Integer, Integer> newGrants) {
        return new ProviderEntry(id, name, path, descriptor, enabled, ownerOid, createdMicros, newGrants);
    }

    void encode(FieldWriter out) {
        out.putInt(CODE).putText(name).putText(path).putUuid(descriptor.guid()).putText(descriptor.version());
        out.putText(descriptor.library()).putBytes(descriptor.librarySha256()).putInt(descriptor.slotIndex());
        out.putInt(enabled ? 1 : 0).putLong(createdMicros).putInt(ownerOid);
        KeyEntry.putGrants(out, grants);
    }

    static ProviderEntry decode(int id, FieldReader in) {
        String name = in.takeText();
        String path = in.takeText();
        ProviderDescriptor descriptor =
                new ProviderDescriptor(in.takeUuid(), in.takeText(), in.takeText(), in.requireBytes(), in.takeInt());
        boolean enabled = in.takeInt() != 0;
        long created = in.takeLong();
        if (in.atEnd()) {
            return new ProviderEntry(id, name, path, descriptor, enabled, Role.POSTGRES, created, Map.of());
        }
        int owner = in.takeInt();
        return new ProviderEntry(id, name, path, descriptor, enabled, owner, created, KeyEntry.grants(in));
    }
}
