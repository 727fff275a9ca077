package dev.strongroom.catalog.key;

import dev.strongroom.crypto.hierarchy.AsymmetricKey;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An asymmetric key (TDE-146): in a token, or of this server's own.
 *
 * @param providerId the provider that keeps the private key, 0 for a key of our own
 * @param providerKeyName its label in the token
 * @param loginOid the login made from it, 0 = none (TDE-147)
 */
public record AsymmetricKeyEntry(
        int databaseOid,
        int id,
        String name,
        int ownerOid,
        AsymmetricKey key,
        UUID guid,
        Protection protection,
        byte @Nullable [] wrappedKey,
        int providerId,
        String providerKeyName,
        int loginOid,
        long createdMicros,
        Map<Integer, Integer> grants)
        implements KeyHolder {
    static final int CODE = 4;

    /** Rows of the key tables have one number space a database; each kind begins elsewhere in it. */
    static final int FIRST_ID = 0x1000_0100;

    private static final int ID_BASE = 0x1000_0000;

    public AsymmetricKeyEntry {
        grants = Map.copyOf(grants);
    }

    /** Column {@code asymmetric_key_id}. */
    public int number() {
        return id - ID_BASE;
    }

    public boolean inProvider() {
        return providerId != 0;
    }

    @Override
    public byte[] wrapContext() {
        return key.sha256();
    }

    @Override
    public String described() {
        return "asymmetric key \"" + name + "\"";
    }

    @Override
    public AsymmetricKeyEntry withPrivateKey(Protection kept, byte @Nullable [] wrapped) {
        return with(kept, wrapped, loginOid, grants);
    }

    @Override
    public AsymmetricKeyEntry withGrants(Map<Integer, Integer> newGrants) {
        return with(protection, wrappedKey, loginOid, newGrants);
    }

    AsymmetricKeyEntry withLogin(int login) {
        return with(protection, wrappedKey, login, grants);
    }

    private AsymmetricKeyEntry with(
            Protection kept, byte @Nullable [] wrapped, int login, Map<Integer, Integer> newGrants) {
        return new AsymmetricKeyEntry(
                databaseOid,
                id,
                name,
                ownerOid,
                key,
                guid,
                kept,
                wrapped,
                providerId,
                providerKeyName,
                login,
                createdMicros,
                newGrants);
    }

    void encode(FieldWriter out) {
        out.putInt(CODE).putText(name).putInt(ownerOid).putBytes(key.encoded()).putUuid(guid);
        out.putText(protection.code()).putBytes(wrappedKey).putInt(providerId).putText(providerKeyName);
        out.putInt(loginOid).putLong(createdMicros);
        KeyEntry.putGrants(out, grants);
    }

    static AsymmetricKeyEntry decode(int databaseOid, int id, FieldReader in) {
        return new AsymmetricKeyEntry(
                databaseOid,
                id,
                in.takeText(),
                in.takeInt(),
                AsymmetricKey.parse(in.requireBytes()),
                in.takeUuid(),
                Protection.ofCode(in.takeText()),
                in.takeBytes(),
                in.takeInt(),
                in.takeText(),
                in.takeInt(),
                in.takeLong(),
                KeyEntry.grants(in));
    }
}
