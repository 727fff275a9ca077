package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.ColumnKeyObject;
import dev.strongroom.catalog.object.ColumnKeyRights;
import dev.strongroom.catalog.object.ColumnMasterKey;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.Relation;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Column keys, schemes and rights of one database; names are unique per kind whatever their case, so that
 * scripts for SQL Server find {@code [CMK1]} as {@code CMK1} (AE-50, AE-57). Not changed once it is in a snapshot. */
public final class ColumnKeySet {
    private final TreeMap<Integer, ColumnMasterKey> masterKeys = new TreeMap<>();
    private final TreeMap<Integer, ColumnEncryptionKey> encryptionKeys = new TreeMap<>();
    private final TreeMap<Integer, EncryptionScheme> schemes = new TreeMap<>();
    private @Nullable ColumnKeyRights rights;

    ColumnKeySet() {}

    void add(ColumnKeyObject object) {
        switch (object) {
            case ColumnMasterKey key -> masterKeys.put(key.oid(), key);
            case ColumnEncryptionKey key -> encryptionKeys.put(key.oid(), key);
            case EncryptionScheme scheme -> schemes.put(scheme.oid(), scheme);
            case ColumnKeyRights given -> rights = given;
        }
    }

    /** Rights as GRANT and REVOKE left them; empty where nobody has changed the defaults. */
    Optional<ColumnKeyRights> rights() {
        return Optional.ofNullable(rights);
    }

    /** By id. */
    public Collection<ColumnMasterKey> masterKeys() {
        return Collections.unmodifiableCollection(masterKeys.values());
    }

    public Optional<ColumnMasterKey> masterKey(int oid) {
        return Optional.ofNullable(masterKeys.get(oid));
    }

    public Optional<ColumnMasterKey> masterKey(String name) {
        return masterKeys.values().stream()
                .filter(key -> key.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /** By id. */
    public Collection<ColumnEncryptionKey> encryptionKeys() {
        return Collections.unmodifiableCollection(encryptionKeys.values());
    }

    public Optional<ColumnEncryptionKey> encryptionKey(int oid) {
        return Optional.ofNullable(encryptionKeys.get(oid));
    }

    public Optional<ColumnEncryptionKey> encryptionKey(String name) {
        return encryptionKeys.values().stream()
                .filter(key -> key.name().equalsIgnoreCase(name))
                .findFirst();
    }

    public Collection<EncryptionScheme> schemes() {
        return Collections.unmodifiableCollection(schemes.values());
    }

    public Optional<EncryptionScheme> scheme(int oid) {
        return Optional.ofNullable(schemes.get(oid));
    }

    /** A scheme as messages show it (AE-140). */
    public String describe(EncryptionScheme scheme) {
        return "(encryption_type = '" + scheme.encryptionTypeName() + "', encryption_algorithm_name = '"
                + EncryptionScheme.ALGORITHM + "', column_encryption_key_name = '" + keyName(scheme) + "')";
    }

    /** Name of a scheme's key. */
    public String keyName(EncryptionScheme scheme) {
        return encryptionKey(scheme.keyOid()).map(ColumnEncryptionKey::name).orElse("?");
    }

    /** The clause that declares a scheme, behind the name of the plain type. */
    public String clause(EncryptionScheme scheme) {
        return "ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = " + Identifiers.quote(keyName(scheme)) + ", ENCRYPTION_TYPE = "
                + scheme.encryptionTypeName() + ", ALGORITHM = '" + EncryptionScheme.ALGORITHM + "')";
    }

    /** Whether a column of the relation has a scheme. */
    public static boolean uses(Relation relation, EncryptionScheme scheme) {
        return relation.liveColumns().stream()
                .anyMatch(column -> EncryptionScheme.encrypts(column.pgType())
                        && column.type().typmod() == scheme.oid());
    }
}
