package dev.strongroom.catalog.object;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A database; its OID is its directory number (decision S-1).
 *
 * @param settings ALTER DATABASE … SET
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
        Map<String, String> settings)
        implements CatalogObject, Owned {
    public static final int MASTER = 1;
    public static final int TEMPDB = 2;
    public static final int MODEL = 3;
    public static final int MSDB = 4;
    public static final int POSTGRES = 5;

    public DatabaseDefinition {
        settings = Map.copyOf(settings);
    }

    /** An ordinary database with the defaults of CREATE DATABASE. */
    public static DatabaseDefinition of(int oid, String name, int ownerOid) {
        return new DatabaseDefinition(oid, name, ownerOid, false, true, -1, "C.UTF-8", null, Map.of());
    }

    @Override
    public ObjectClass objectClass() {
        return ObjectClass.DATABASE;
    }

    @Override
    public DatabaseDefinition withName(String name) {
        return new DatabaseDefinition(
                oid, name, ownerOid, template, allowConnections, connectionLimit, collate, acl, settings);
    }

    @Override
    public DatabaseDefinition withOwner(int ownerOid) {
        return new DatabaseDefinition(
                oid, name, ownerOid, template, allowConnections, connectionLimit, collate, acl, settings);
    }

    @Override
    public DatabaseDefinition withAcl(@Nullable Acl acl) {
        return new DatabaseDefinition(
                oid, name, ownerOid, template, allowConnections, connectionLimit, collate, acl, settings);
    }

    public DatabaseDefinition withSettings(Map<String, String> settings) {
        return new DatabaseDefinition(
                oid, name, ownerOid, template, allowConnections, connectionLimit, collate, acl, settings);
    }

    public DatabaseDefinition withOptions(boolean template, boolean allowConnections, int connectionLimit) {
        return new DatabaseDefinition(
                oid, name, ownerOid, template, allowConnections, connectionLimit, collate, acl, settings);
    }

    /** The four databases of the server itself. */
    public boolean system() {
        return oid <= MSDB;
    }
}
