package dev.strongroom.catalog.bootstrap;

import dev.strongroom.catalog.object.Acl;
import dev.strongroom.catalog.object.AclItem;
import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import java.util.List;
import java.util.Map;

/** What a new server and a new database contain (PostgreSQL 15's {@code initdb}, decision S-1). */
public final class InitialContents {
    /** Role that stands for the owner of the current database. */
    public static final int PG_DATABASE_OWNER = 6171;

    public static final int PG_READ_ALL_DATA = 6181;
    public static final int PG_WRITE_ALL_DATA = 6182;
    private static final int PG_MONITOR = 3373;
    private static final int PG_READ_ALL_SETTINGS = 3374;
    private static final int PG_READ_ALL_STATS = 3375;
    private static final int PG_STAT_SCAN_TABLES = 3377;

    private InitialContents() {}

    /**
     * Roles and databases.
     *
     * @param verifier SCRAM verifier of {@code postgres}
     */
    static List<CatalogObject> shared(String verifier) {
        Role.Attributes none = Role.Attributes.NONE;
        return List.of(
                Role.of(Role.POSTGRES, "postgres", Role.Attributes.ALL).withVerifier(verifier),
                Role.of(PG_DATABASE_OWNER, "pg_database_owner", none),
                Role.of(PG_READ_ALL_DATA, "pg_read_all_data", none),
                Role.of(PG_WRITE_ALL_DATA, "pg_write_all_data", none),
                Role.of(PG_MONITOR, "pg_monitor", none)
                        .withMemberOf(List.of(
                                new Role.Membership(PG_READ_ALL_SETTINGS, Role.POSTGRES, false),
                                new Role.Membership(PG_READ_ALL_STATS, Role.POSTGRES, false),
                                new Role.Membership(PG_STAT_SCAN_TABLES, Role.POSTGRES, false))),
                Role.of(PG_READ_ALL_SETTINGS, "pg_read_all_settings", none),
                Role.of(PG_READ_ALL_STATS, "pg_read_all_stats", none),
                Role.of(PG_STAT_SCAN_TABLES, "pg_stat_scan_tables", none),
                Role.of(4569, "pg_read_server_files", none),
                Role.of(4570, "pg_write_server_files", none),
                Role.of(4571, "pg_execute_server_program", none),
                Role.of(4200, "pg_signal_backend", none),
                Role.of(4544, "pg_checkpoint", none),
                DatabaseDefinition.of(DatabaseDefinition.MASTER, "master", Role.POSTGRES),
                DatabaseDefinition.of(DatabaseDefinition.TEMPDB, "tempdb", Role.POSTGRES),
                DatabaseDefinition.of(DatabaseDefinition.MODEL, "model", Role.POSTGRES),
                DatabaseDefinition.of(DatabaseDefinition.MSDB, "msdb", Role.POSTGRES),
                DatabaseDefinition.of(DatabaseDefinition.POSTGRES, "postgres", Role.POSTGRES));
    }

    static Map<ObjectRef, String> sharedComments() {
        return Map.of(
                ObjectRef.of(dev.strongroom.catalog.object.ObjectClass.DATABASE, DatabaseDefinition.POSTGRES),
                "default administrative connection database");
    }

    /** Stored objects of a new database. */
    static List<CatalogObject> local() {
        int all = Privilege.USAGE.bit() | Privilege.CREATE.bit();
        Acl acl = new Acl(List.of(
                new AclItem(PG_DATABASE_OWNER, PG_DATABASE_OWNER, all, 0),
                new AclItem(0, PG_DATABASE_OWNER, Privilege.USAGE.bit(), 0)));
        return List.of(new Schema(Schema.PUBLIC, "public", PG_DATABASE_OWNER, acl));
    }

    static Map<ObjectRef, String> localComments() {
        return Map.of(
                ObjectRef.of(dev.strongroom.catalog.object.ObjectClass.SCHEMA, Schema.PUBLIC),
                "standard public schema");
    }

    /** Schemas of the server itself, in every database without being stored. */
    public static List<Schema> systemSchemas() {
        int all = Privilege.USAGE.bit() | Privilege.CREATE.bit();
        Acl acl = new Acl(List.of(
                new AclItem(Role.POSTGRES, Role.POSTGRES, all, 0),
                new AclItem(0, Role.POSTGRES, Privilege.USAGE.bit(), 0)));
        return List.of(
                new Schema(Schema.PG_CATALOG, "pg_catalog", Role.POSTGRES, acl),
                new Schema(Schema.PG_TOAST, "pg_toast", Role.POSTGRES, null),
                new Schema(Schema.INFORMATION_SCHEMA, "information_schema", Role.POSTGRES, acl),
                new Schema(Schema.SYS, "sys", Role.POSTGRES, acl));
    }
}
