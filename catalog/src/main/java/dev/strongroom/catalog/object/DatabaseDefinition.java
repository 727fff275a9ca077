package dev.strongroom.catalog.object;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A database; its OID is its directory number (decision S-1).
 *
 * @param settings ALTER DATABASE … SET
 * @param createdMicros when it was created, microseconds since 1970; 0 = with the server
 * @param keyGrants what T-SQL grants on the database (TDE-108): permission bits by role, 0 for PUBLIC
 */
public record DatabaseDefinition(
        int oid,
        String name,
        int ownerOid,
        Options options,
        String collate,
        @Nullable Acl acl,
        Map<String, String> settings,
        long createdMicros,
        Map<Integer, Integer> keyGrants)
        implements CatalogObject, Owned {
    public static final int MASTER = 1;
    public static final int TEMPDB = 2;
    public static final int MODEL = 3;
    public static final int MSDB = 4;
    public static final int POSTGRES = 5;

    /**
     * What ALTER DATABASE switches.
     *
     * @param template whoever may create databases may copy it
     * @param connectionLimit -1 for none
     * @param access who may connect
     * @param availability whether it is open, and for writing
     */
    public record Options(
            boolean template,
            boolean allowConnections,
            int connectionLimit,
            UserAccess access,
            Availability availability) {
        static final Options DEFAULT = new Options(false, true, -1, UserAccess.MULTI_USER, Availability.ONLINE);
    }

    public DatabaseDefinition {
        settings = Map.copyOf(settings);
        keyGrants = Map.copyOf(keyGrants);
    }

    /** An ordinary database with the defaults of CREATE DATABASE. */
    public static DatabaseDefinition of(int oid, String name, int ownerOid) {
        return new DatabaseDefinition(oid, name, ownerOid, Options.DEFAULT, "C.UTF-8", null, Map.of(), 0, Map.of());
    }

    public boolean template() {
        return options.template;
    }

    public boolean allowConnections() {
        return options.allowConnections;
    }

    public int connectionLimit() {
        return options.connectionLimit;
    }

    public UserAccess access() {
        return options.access;
    }

    public Availability availability() {
        return options.availability;
    }

    @Override
    public ObjectClass objectClass() {
        return ObjectClass.DATABASE;
    }

    @Override
    public DatabaseDefinition withName(String newName) {
        return named(oid, newName, ownerOid);
    }

    @Override
    public DatabaseDefinition withOwner(int newOwnerOid) {
        return named(oid, name, newOwnerOid);
    }

    /** The same under another number: what takes its place. */
    public DatabaseDefinition numbered(int number) {
        return named(number, name, ownerOid).withAvailability(availability().withOffline(false));
    }

    private DatabaseDefinition named(int number, String newName, int newOwnerOid) {
        return new DatabaseDefinition(
                number, newName, newOwnerOid, options, collate, acl, settings, createdMicros, keyGrants);
    }

    @Override
    public DatabaseDefinition withAcl(@Nullable Acl newAcl) {
        return with(options, newAcl, settings, createdMicros, keyGrants);
    }

    public DatabaseDefinition withSettings(Map<String, String> newSettings) {
        return with(options, acl, newSettings, createdMicros, keyGrants);
    }

    public DatabaseDefinition createdAt(long micros) {
        return with(options, acl, settings, micros, keyGrants);
    }

    public DatabaseDefinition withKeyGrants(Map<Integer, Integer> newKeyGrants) {
        return with(options, acl, settings, createdMicros, newKeyGrants);
    }

    public DatabaseDefinition withOptions(boolean template, boolean allowConnections, int connectionLimit) {
        return withOptions(new Options(template, allowConnections, connectionLimit, access(), availability()));
    }

    public DatabaseDefinition withAccess(UserAccess access) {
        return withOptions(new Options(template(), allowConnections(), connectionLimit(), access, availability()));
    }

    public DatabaseDefinition withAvailability(Availability availability) {
        return withOptions(new Options(template(), allowConnections(), connectionLimit(), access(), availability));
    }

    private DatabaseDefinition withOptions(Options newOptions) {
        return with(newOptions, acl, settings, createdMicros, keyGrants);
    }

    private DatabaseDefinition with(
            Options newOptions,
            @Nullable Acl newAcl,
            Map<String, String> newSettings,
            long micros,
            Map<Integer, Integer> newKeyGrants) {
        return new DatabaseDefinition(
                oid, name, ownerOid, newOptions, collate, newAcl, newSettings, micros, newKeyGrants);
    }

    /** The four databases of the server itself. */
    public boolean system() {
        return oid <= MSDB;
    }
}
