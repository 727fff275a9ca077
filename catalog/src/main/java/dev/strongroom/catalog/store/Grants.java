package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.Acl;
import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Owned;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** GRANT and REVOKE of privileges on objects and columns. */
public final class Grants {
    private final CatalogTransaction ddl;
    private final int roleOid;

    /**
     * Grants as a role.
     *
     * @param roleOid current role
     */
    public Grants(CatalogTransaction ddl, int roleOid) {
        this.ddl = ddl;
        this.roleOid = roleOid;
    }

    /**
     * One GRANT or REVOKE.
     *
     * @param grantees role OIDs, 0 for PUBLIC
     * @param bits privileges; {@link #ALL} for ALL PRIVILEGES
     * @param option WITH GRANT OPTION, or GRANT OPTION FOR
     */
    public record Change(boolean grant, Collection<Integer> grantees, int bits, boolean option) {}

    /** ALL PRIVILEGES. */
    public static final int ALL = -1;

    /**
     * Changes the privileges on an object.
     *
     * @return a warning where the role could not grant all or any of it
     */
    public @Nullable ErrorReport apply(Owned object, Change change) {
        int possible = AccessRights.allOf(object);
        int wanted = change.bits() == ALL ? possible : change.bits();
        int allowed = allowed(object, wanted);
        Acl acl = AccessRights.explicit(object, object.acl());
        Acl changed = change(acl, change, wanted & allowed, grantor(object));
        if (!changed.equals(object.acl())) {
            ddl.replace(object.withAcl(changed));
        }
        return warning(((CatalogObject) object).name(), change, wanted, wanted & allowed);
    }

    /** Changes the privileges on columns of a table or view. */
    public @Nullable ErrorReport apply(Relation relation, List<String> columns, Change change) {
        int wanted = change.bits() == ALL ? AccessRights.allOfColumn() : change.bits();
        int allowed = allowed(relation, wanted);
        List<Column> changed = new ArrayList<>(relation.columns());
        for (String name : columns) {
            Column column = relation.column(name)
                    .orElseThrow(() -> ErrorReport.error(
                                    ErrorCode.UNDEFINED_COLUMN,
                                    "column \"" + name + "\" of relation \"" + relation.name() + "\" does not exist")
                            .exception());
            Acl acl = column.acl() == null ? new Acl(List.of()) : column.acl();
            Acl after = change(acl, change, wanted & allowed, grantor(relation));
            changed.set(column.slot(), column.withAcl(after.items().isEmpty() ? null : after));
        }
        switch (relation) {
            case TableDefinition table -> ddl.replace(table.withColumns(changed));
            case ViewDefinition view -> ddl.replace(view.withQuery(changed, view.query(), view.references()));
            default ->
                throw ErrorReport.error(
                                ErrorCode.WRONG_OBJECT_TYPE, "\"" + relation.name() + "\" is not a table or view")
                        .exception();
        }
        return warning(relation.name(), change, wanted, wanted & allowed);
    }

    private int allowed(Owned object, int wanted) {
        AccessRights rights = new AccessRights(ddl.snapshot(), roleOid);
        int allowed = rights.grantable(object) & wanted;
        if (allowed == 0 && (rights.granted(object) & AccessRights.allOf(object)) == 0) {
            rights.require(object, dev.strongroom.catalog.object.Privilege.SELECT);
        }
        return allowed;
    }

    /** Owner and superuser grant as the owner, others as themselves. */
    private int grantor(Owned object) {
        return new AccessRights(ddl.snapshot(), roleOid).owns(object) ? object.ownerOid() : roleOid;
    }

    private static Acl change(Acl acl, Change change, int bits, int grantor) {
        Acl changed = acl;
        for (int grantee : change.grantees()) {
            changed = change.grant()
                    ? changed.grant(grantee, grantor, bits, change.option())
                    : changed.revoke(grantee, grantor, bits, change.option());
        }
        return changed;
    }

    private static @Nullable ErrorReport warning(String name, Change change, int wanted, int done) {
        if (done == wanted) {
            return null;
        }
        String what = done == 0
                ? (change.grant() ? "no privileges were granted for " : "no privileges could be revoked for ")
                : (change.grant()
                        ? "not all privileges were granted for "
                        : "not all privileges could be revoked for ");
        ErrorCode code = change.grant() ? ErrorCode.WARNING_PRIVILEGE_NOT_GRANTED : ErrorCode.WARNING;
        return ErrorReport.warning(code, what + "\"" + name + "\"");
    }
}
