package dev.strongroom.catalog.key;

import dev.strongroom.catalog.object.DatabaseDefinition;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A credential (TDE-145).
 *
 * @param secret wrapped by the service master key; null without one
 * @param guid names the secret in its wrap
 * @param providerId the provider it is for, 0 = none
 * @param logins the roles that carry it
 */
public record CredentialEntry(
        int id,
        String name,
        String identity,
        byte @Nullable [] secret,
        UUID guid,
        int providerId,
        Set<Integer> logins,
        long createdMicros,
        long modifiedMicros)
        implements KeyEntry {
    static final int CODE = 6;
    static final int FIRST_ID = 0x3001_0000;

    private static final int ID_BASE = 0x3000_0000;

    public CredentialEntry {
        logins = Set.copyOf(logins);
    }

    @Override
    public int databaseOid() {
        return DatabaseDefinition.MASTER;
    }

    /** Column {@code credential_id}. */
    public int number() {
        return id - ID_BASE;
    }

    CredentialEntry withSecret(byte @Nullable [] wrapped) {
        return new CredentialEntry(
                id, name, identity, wrapped, guid, providerId, logins, createdMicros, modifiedMicros);
    }

    CredentialEntry withLogins(Set<Integer> roles) {
        return new CredentialEntry(id, name, identity, secret, guid, providerId, roles, createdMicros, modifiedMicros);
    }

    void encode(FieldWriter out) {
        out.putInt(CODE)
                .putText(name)
                .putText(identity)
                .putBytes(secret)
                .putUuid(guid)
                .putInt(providerId);
        out.putLong(createdMicros).putLong(modifiedMicros).putInt(logins.size());
        new TreeSet<>(logins).forEach(out::putInt);
    }

    static CredentialEntry decode(int id, FieldReader in) {
        String name = in.takeText();
        String identity = in.takeText();
        byte[] secret = in.takeBytes();
        UUID guid = in.takeUuid();
        int provider = in.takeInt();
        long created = in.takeLong();
        long modified = in.takeLong();
        Set<Integer> logins = new TreeSet<>();
        for (int count = in.takeInt(); count > 0; count--) {
            logins.add(in.takeInt());
        }
        return new CredentialEntry(id, name, identity, secret, guid, provider, logins, created, modified);
    }
}
