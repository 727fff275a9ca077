package dev.strongroom.catalog.object;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A database; its OID is its directory number (decision S-1).
 *
 * @param settings ALTER DATABASE … SET
 * @param createdMicros when it was created, microseconds since 1970; 0 = with the server
 * @param access who may connect
 * @param availability whether it is open, and for writing
 * @param keyGrants what T-SQL grants on the database (TDE-108): permission bits by role, 0 for PUBLIC
 */
public record DatabaseDefinition(
        int oid,
        String name,
        int ownerOid,
        boolean template,
        boolean allowConnections,
        int connectionLimit,
        String collate,
        @Nullable Acl acl,
        Map<String, String> settings,
        long createdMicros,
        UserAccess access,
        Availability availability,
        Map<Integer, Integer> keyGrants)
        implements CatalogObject, Owned {
    public static final int MASTER = 1;
    public static final int TEMPDB = 2;
    public static final int MODEL = 3;
    public static final int MSDB = 4;
    public static final int POSTGRES = 5;

    public DatabaseDefinition {
        settings = Map.copyOf(settings);
        keyGrants = Map.copyOf(keyGrants);
    }

    /** An ordinary database with the defaults of CREATE DATABASE. */
    public static DatabaseDefinition of(int oid, String name, int ownerOid) {
        return new DatabaseDefinition(
                oid,
                name,
                ownerOid,
                false,
                true,
                -1,
                "C.UTF-8",
                null,
                Map.of(),
                0,
                UserAccess.MULTI_USER,
                Availability.ONLINE,
                Map.of());
    }

    @Override
    public ObjectClass objectClass() {
        return ObjectClass.DATABASE;
    }

    @Override
    public DatabaseDefinition withName(String name) {
        return with(oid, name, ownerOid, acl, settings, createdMicros);
    }

    @Override
    public DatabaseDefinition withOwner(int ownerOid) {
        return with(oid, name, ownerOid, acl, settings, createdMicros);
    }

    @Override
    public DatabaseDefinition withAcl(@Nullable Acl acl) {
        return with(oid, name, ownerOid, acl, settings, createdMicros);
    }

    /** The same under another number: what takes its place. */
    public DatabaseDefinition numbered(int number) {
        return with(number, name, ownerOid, acl, settings, createdMicros)
                .withAvailability(availability.withOffline(false));
    }

    public DatabaseDefinition withSettings(Map<String, String> settings) {
        return with(oid, name, ownerOid, acl, settings, createdMicros);
    }

    public DatabaseDefinition createdAt(long micros) {
        return with(oid, name, ownerOid, acl, settings, micros);
    }

    private DatabaseDefinition with(
            int newOid,
            String newName,
            int newOwnerOid,
            @Nullable Acl newAcl,
            Map<String, String> newSettings,
            long newCreatedMicros) {
        return new DatabaseDefinition(
                newOid,
                newName,
                newOwnerOid,
                template,
                allowConnections,
                connectionLimit,
                collate,
                newAcl,
                newSettings,
                newCreatedMicros,
                access,
                availability,
                keyGrants);
    }

    public DatabaseDefinition withOptions(boolean template, boolean allowConnections, int connectionLimit) {
        return new DatabaseDefinition(
                oid,
                name,
                ownerOid,
                template,
                allowConnections,
                connectionLimit,
                collate,
                acl,
                settings,
                createdMicros,
                access,
                availability,
                keyGrants);
    }

    public DatabaseDefinition withAccess(UserAccess access) {
        return new DatabaseDefinition(
                oid,
                name,
                ownerOid,
                template,
                allowConnections,
                connectionLimit,
                collate,
                acl,
                settings,
                createdMicros,
                access,
                availability,
                keyGrants);
    }

    public DatabaseDefinition withAvailability(Availability newAvailability) {
        return new DatabaseDefinition(
                oid,
                name,
                ownerOid,
                template,
                allowConnections,
                connectionLimit,
                collate,
                acl,
                settings,
                createdMicros,
                access,
                newAvailability,
                keyGrants);
    }

    public DatabaseDefinition withKeyGrants(Map<Integer, Integer> newKeyGrants) {
        return new DatabaseDefinition(
                oid,
                name,
                ownerOid,
                template,
                allowConnections,
                connectionLimit,
                collate,
                acl,
                settings,
                createdMicros,
                access,
                availability,
                newKeyGrants);
    }

    /** The four databases of the server itself. */
    public boolean system() {
        return oid <= MSDB;
    }
}
