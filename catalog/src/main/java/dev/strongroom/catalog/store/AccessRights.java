package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.Acl;
import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnKeyPermission;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Owned;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a role may do with the objects of a snapshot: ownership, granted privileges, PostgreSQL's defaults. */
public final class AccessRights {
    private static final int PG_DATABASE_OWNER = 6171;
    private static final int PG_READ_ALL_DATA = 6181;
    private static final int PG_WRITE_ALL_DATA = 6182;
    private static final int EVERYTHING = -1;
    /** System tables PUBLIC may not read. */
    private static final Set<String> SECRET = Set.of(
            "pg_authid", "pg_shadow", "pg_subscription", "pg_user_mapping", "pg_largeobject", "pg_hba_file_rules");

    private final CatalogSnapshot snapshot;
    private final boolean superuser;
    private final Set<Integer> roles;

    public AccessRights(CatalogSnapshot snapshot, int roleOid) {
        this.snapshot = snapshot;
        this.superuser = snapshot.shared().superuser(roleOid);
        this.roles = new HashSet<>(snapshot.shared().inherited(roleOid));
        snapshot.shared()
                .database(snapshot.databaseOid())
                .filter(database -> roles.contains(database.ownerOid()))
                .ifPresent(database -> roles.add(PG_DATABASE_OWNER));
        roles.add(0);
    }

    /** Whether the role has a permission on the database's column keys; the database's owner has them all. */
    public boolean has(ColumnKeyPermission permission) {
        return superuser
                || roles.contains(PG_DATABASE_OWNER)
                || snapshot.columnKeyRights().has(permission, roles);
    }

    /** Refuses those who may not see the definitions of column keys: they cannot query encrypted columns (AE-62). */
    public void requireColumnKeyDefinitions() {
        for (ColumnKeyPermission permission : new ColumnKeyPermission[] {
            ColumnKeyPermission.VIEW_MASTER_KEYS, ColumnKeyPermission.VIEW_ENCRYPTION_KEYS
        }) {
            if (!has(permission)) {
                throw ErrorReport.error(ErrorCode.INSUFFICIENT_PRIVILEGE, "permission denied for encrypted columns")
                        .withHint("They need " + permission.sqlName() + " in this database.")
                        .exception();
            }
        }
    }

    public boolean superuser() {
        return superuser;
    }

    /** Whether the role is a superuser, the owner, or has the owner's privileges. */
    public boolean owns(Owned object) {
        return superuser || roles.contains(object.ownerOid());
    }

    /** Privilege bits the role has on an object. */
    public int granted(Owned object) {
        if (owns(object)) {
            return EVERYTHING;
        }
        Acl acl = object.acl();
        int bits = acl == null ? defaults(object) : acl.granted(roles);
        return bits | predefined(object);
    }

    /** Privilege bits the role may grant to others. */
    public int grantable(Owned object) {
        if (owns(object)) {
            return EVERYTHING;
        }
        Acl acl = object.acl();
        return acl == null ? 0 : acl.grantable(roles);
    }

    public boolean has(Owned object, Privilege privilege) {
        return (granted(object) & privilege.bit()) != 0;
    }

    /** Whether the role has a privilege on a column, through the table or the column itself. */
    public boolean has(Relation relation, Column column, Privilege privilege) {
        Acl acl = column.acl();
        return has(relation, privilege) || (acl != null && (acl.granted(roles) & privilege.bit()) != 0);
    }

    /** Whether the role has a privilege on the relation or on any column of it. */
    public boolean hasAny(Relation relation, Privilege privilege) {
        return has(relation, privilege)
                || relation.liveColumns().stream().anyMatch(column -> has(relation, column, privilege));
    }

    /** Throws INSUFFICIENT_PRIVILEGE as PostgreSQL words it. */
    public void require(Owned object, Privilege privilege) {
        if (!has(object, privilege)) {
            throw denied(object);
        }
    }

    /**
     * Throws INSUFFICIENT_PRIVILEGE unless the role has the privilege on the relation or on all these columns.
     *
     * @param columns numbers of the columns touched; where there are none, as in {@code count(*)}, any column's will do
     */
    public void requireColumns(Relation relation, Set<Integer> columns, Privilege privilege) {
        if (has(relation, privilege)) {
            return;
        }
        boolean granted = columns.isEmpty()
                ? hasAny(relation, privilege)
                : columns.stream().allMatch(number -> has(relation, relation.column(number), privilege));
        if (!granted) {
            throw denied(relation);
        }
    }

    /** Throws INSUFFICIENT_PRIVILEGE unless the role may look up names in the relation's schema; one's temporary one is open. */
    public void requireUsage(Relation relation) {
        if (relation.temporary()) {
            return;
        }
        snapshot.schema(relation.schemaOid()).ifPresent(schema -> require(schema, Privilege.USAGE));
    }

    /** Throws unless {@link #owns}. */
    public void requireOwner(Owned object) {
        if (!owns(object)) {
            throw ErrorReport.error(
                            ErrorCode.INSUFFICIENT_PRIVILEGE,
                            "must be owner of " + kind(object) + " " + ((CatalogObject) object).name())
                    .exception();
        }
    }

    private static DatabaseException denied(Owned object) {
        return ErrorReport.error(
                        ErrorCode.INSUFFICIENT_PRIVILEGE,
                        "permission denied for " + kind(object) + " " + ((CatalogObject) object).name())
                .exception();
    }

    private static String kind(Owned object) {
        return switch (object) {
            case Relation relation -> relation.kindName();
            case Schema ignored -> "schema";
            case DatabaseDefinition ignored -> "database";
        };
    }

    /** What PUBLIC has while the ACL is null. */
    private static int defaults(Owned object) {
        return switch (object) {
            case DatabaseDefinition ignored -> Privilege.CONNECT.bit() | Privilege.TEMPORARY.bit();
            case SystemTable table -> SECRET.contains(table.name()) ? 0 : Privilege.SELECT.bit();
            case Schema ignored -> 0;
            case Relation ignored -> 0;
        };
    }

    private int predefined(Owned object) {
        int bits = 0;
        if (roles.contains(PG_READ_ALL_DATA)) {
            bits |= object instanceof Schema ? Privilege.USAGE.bit() : 0;
            bits |= object instanceof Relation ? Privilege.SELECT.bit() : 0;
        }
        if (roles.contains(PG_WRITE_ALL_DATA)) {
            bits |= object instanceof Schema ? Privilege.USAGE.bit() : 0;
            bits |= object instanceof Relation && !(object instanceof SystemTable)
                    ? Privilege.INSERT.bit() | Privilege.UPDATE.bit() | Privilege.DELETE.bit()
                    : 0;
        }
        return bits;
    }

    /** All privileges that exist for the kind of object: what its owner has. */
    public static int allOf(Owned object) {
        return switch (object) {
            case SequenceDefinition ignored -> Privilege.USAGE.bit() | Privilege.SELECT.bit() | Privilege.UPDATE.bit();
            case IndexDefinition ignored -> 0;
            case Relation ignored ->
                Privilege.INSERT.bit()
                        | Privilege.SELECT.bit()
                        | Privilege.UPDATE.bit()
                        | Privilege.DELETE.bit()
                        | Privilege.TRUNCATE.bit()
                        | Privilege.REFERENCES.bit()
                        | Privilege.TRIGGER.bit();
            case Schema ignored -> Privilege.USAGE.bit() | Privilege.CREATE.bit();
            case DatabaseDefinition ignored ->
                Privilege.CREATE.bit() | Privilege.TEMPORARY.bit() | Privilege.CONNECT.bit();
        };
    }

    /** All privileges that exist for a column. */
    public static int allOfColumn() {
        return Privilege.INSERT.bit() | Privilege.SELECT.bit() | Privilege.UPDATE.bit() | Privilege.REFERENCES.bit();
    }

    /** The ACL written out: the given one, or the defaults of an object that has none. */
    public static Acl explicit(Owned object, @Nullable Acl acl) {
        if (acl != null) {
            return acl;
        }
        Acl written = new Acl(java.util.List.of());
        int common = defaults(object);
        if (common != 0) {
            written = written.grant(0, object.ownerOid(), common, false);
        }
        return written.grant(object.ownerOid(), object.ownerOid(), allOf(object), false);
    }
}
