package dev.strongroom.catalog.key;

import dev.strongroom.catalog.object.DatabaseDefinition;
import java.util.UUID;

/**
 * A cryptographic provider (TDE-143).
 *
 * @param path the descriptor file, as the statement named it
 * @param created microseconds since 1970
 */
public record ProviderEntry(
        int id, String name, String path, ProviderDescriptor descriptor, boolean enabled, long createdMicros)
        implements KeyEntry {
    static final int CODE = 5;
    static final int FIRST_ID = 0x2001_0000;

    private static final int ID_BASE = 0x2000_0000;

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
        return new ProviderEntry(id, name, newPath, newDescriptor, enabled, createdMicros);
    }

    ProviderEntry withEnabled(boolean on) {
        return new ProviderEntry(id, name, path, descriptor, on, createdMicros);
    }

    void encode(FieldWriter out) {
        out.putInt(CODE).putText(name).putText(path).putUuid(descriptor.guid()).putText(descriptor.version());
        out.putText(descriptor.library()).putBytes(descriptor.librarySha256()).putInt(descriptor.slotIndex());
        out.putInt(enabled ? 1 : 0).putLong(createdMicros);
    }

    static ProviderEntry decode(int id, FieldReader in) {
        String name = in.takeText();
        String path = in.takeText();
        ProviderDescriptor descriptor =
                new ProviderDescriptor(in.takeUuid(), in.takeText(), in.takeText(), in.requireBytes(), in.takeInt());
        return new ProviderEntry(id, name, path, descriptor, in.takeInt() != 0, in.takeLong());
    }
}
