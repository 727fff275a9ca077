package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.ProviderDescriptor.Kind;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Role;
import java.util.HashMap;
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

    @Override
    public String described() {
        return "cryptographic provider \"" + name + "\"";
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
        out.putText(descriptor.target()).putBytes(descriptor.sha256()).putInt(descriptor.slotIndex());
        out.putInt(enabled ? 1 : 0).putLong(createdMicros).putInt(ownerOid);
        KeyEntry.putGrants(out, grants);
        out.putText(descriptor.kind().type()).putText(descriptor.pinned());
        out.putInt(descriptor.options().size());
        descriptor.options().forEach((option, value) -> out.putText(option).putText(value));
    }

    static ProviderEntry decode(int id, FieldReader in) {
        String name = in.takeText();
        String path = in.takeText();
        UUID guid = in.takeUuid();
        String version = in.takeText();
        String target = in.takeText();
        byte[] sha256 = in.requireBytes();
        int slotIndex = in.takeInt();
        boolean enabled = in.takeInt() != 0;
        long created = in.takeLong();
        int owner = in.atEnd() ? Role.POSTGRES : in.takeInt();
        Map<Integer, Integer> grants = in.atEnd() ? Map.of() : KeyEntry.grants(in);
        boolean library = in.atEnd();
        Kind kind = library ? Kind.PKCS11 : Kind.of(in.takeText());
        String pinned = library ? target : in.takeText();
        Map<String, String> options = new HashMap<>();
        if (library) {
            options.put("slot_index", Integer.toString(slotIndex));
        }
        for (int count = library ? 0 : in.takeInt(); count > 0; count--) {
            options.put(in.takeText(), in.takeText());
        }
        ProviderDescriptor descriptor = new ProviderDescriptor(kind, guid, version, target, pinned, sha256, options);
        return new ProviderEntry(id, name, path, descriptor, enabled, owner, created, grants);
    }
}
