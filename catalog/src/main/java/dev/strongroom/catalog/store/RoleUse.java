package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.Acl;
import dev.strongroom.catalog.object.AclItem;
import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Owned;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What still needs a role that is to be dropped. */
public final class RoleUse {
    private RoleUse() {}

    static void refuseIfUsed(CatalogSnapshot snapshot, Role role, SearchPath path, SharedCatalog shared) {
        ObjectNames names = new ObjectNames(snapshot, path);
        List<String> lines = new ArrayList<>();
        for (DatabaseDefinition database : snapshot.shared().databases()) {
            describe(database, role, names, lines);
        }
        snapshot.all().stream()
                .sorted(java.util.Comparator.comparingInt(CatalogObject::oid))
                .forEach(object -> describe(object, role, names, lines));
        for (Catalog other : shared.openCatalogs()) {
            if (other.databaseOid() != snapshot.databaseOid()) {
                long count = other.head().all().stream()
                        .filter(object -> uses(object, role))
                        .count();
                if (count > 0) {
                    String database = snapshot.shared()
                            .database(other.databaseOid())
                            .map(DatabaseDefinition::name)
                            .orElse("");
                    lines.add(count + (count == 1 ? " object" : " objects") + " in database " + database);
                }
            }
        }
        refuseIfAny(lines, role);
    }

    /** Refuses to drop a role that something needs, a line for each. */
    public static void refuseIfAny(List<String> lines, Role role) {
        if (!lines.isEmpty()) {
            throw ErrorReport.error(
                            ErrorCode.DEPENDENT_OBJECTS_STILL_EXIST,
                            "role \"" + role.name() + "\" cannot be dropped because some objects depend on it")
                    .withDetail(String.join("\n", lines))
                    .exception();
        }
    }

    private static void describe(CatalogObject object, Role role, ObjectNames names, List<String> lines) {
        if (object instanceof Owned owned) {
            if (owned.ownerOid() == role.oid() && !(object instanceof dev.strongroom.catalog.object.IndexDefinition)) {
                lines.add("owner of " + names.describe(object.ref()));
            } else if (mentions(owned.acl(), role) || holdsKeys(object, role)) {
                lines.add("privileges for " + names.describe(object.ref()));
            }
        }
    }

    /** What T-SQL's GRANT and DENY on the database say of the role (TDE-108). */
    private static boolean holdsKeys(CatalogObject object, Role role) {
        return object instanceof DatabaseDefinition database
                && database.keyGrants().containsKey(role.oid());
    }

    private static boolean uses(CatalogObject object, Role role) {
        return object instanceof Owned owned && (owned.ownerOid() == role.oid() || mentions(owned.acl(), role));
    }

    private static boolean mentions(@Nullable Acl acl, Role role) {
        if (acl == null) {
            return false;
        }
        for (AclItem item : acl.items()) {
            if (item.granteeOid() == role.oid() || item.grantorOid() == role.oid()) {
                return true;
            }
        }
        return false;
    }
}
