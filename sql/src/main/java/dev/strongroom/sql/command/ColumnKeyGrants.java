package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.ColumnKeyPermission;
import dev.strongroom.catalog.object.ColumnKeyRights;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.RoleName;
import dev.strongroom.sql.parse.statement.RoleStatement;
import dev.strongroom.sql.parse.statement.RoleStatement.Membership;
import dev.strongroom.sql.parse.statement.RoleStatement.Privileges;
import java.util.List;

/**
 * GRANT and REVOKE of the permissions on column keys (section 2.3), with or without {@code ON DATABASE::name}: they hold in the
 * current database.
 */
final class ColumnKeyGrants {
    private ColumnKeyGrants() {}

    /** Without ON the statement reads like the grant of roles with such names. */
    static boolean concerns(Membership membership) {
        return !membership.roles().isEmpty()
                && membership.roles().stream()
                        .allMatch(name -> ColumnKeyPermission.named(name).isPresent());
    }

    static boolean concerns(Privileges statement) {
        return statement.kind() == ObjectKind.DATABASE
                && !statement.privileges().isEmpty()
                && statement.privileges().stream()
                        .allMatch(privilege ->
                                ColumnKeyPermission.named(privilege.name()).isPresent());
    }

    static String run(Membership membership, CommandSession session) {
        if (membership.adminOption()) {
            throw noOption();
        }
        return change(membership.grant(), membership.roles(), membership.members(), session);
    }

    static String run(Privileges statement, CommandSession session) {
        if (statement.grantOption()) {
            throw noOption();
        }
        String current = session.snapshot()
                .shared()
                .database(session.snapshot().databaseOid())
                .orElseThrow()
                .name();
        for (ObjectName database : statement.objects()) {
            if (!database.name().equals(current)) {
                throw ErrorReport.error(
                                ErrorCode.FEATURE_NOT_SUPPORTED,
                                "permissions on column keys are granted in their own database, not in \"" + current
                                        + "\"")
                        .exception();
            }
        }
        List<String> names = statement.privileges().stream()
                .map(RoleStatement.Privilege::name)
                .toList();
        return change(statement.grant(), names, statement.grantees(), session);
    }

    private static RuntimeException noOption() {
        return ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "permissions on column keys have no grant option")
                .exception();
    }

    private static String change(boolean grant, List<String> names, List<RoleName> roles, CommandSession session) {
        int owner = session.snapshot()
                .shared()
                .database(session.snapshot().databaseOid())
                .orElseThrow()
                .ownerOid();
        if (!session.snapshot().shared().memberOf(session.currentUserOid(), owner)
                && !session.rights().superuser()) {
            throw NumberedError.NO_PERMISSION.exception("user does not have permission to perform this action");
        }
        ColumnKeyRights before = session.snapshot().columnKeyRights();
        ColumnKeyRights rights = before;
        for (RoleName role : roles) {
            int oid = role.kind() == RoleName.Kind.PUBLIC ? 0 : Names.role(role, session);
            for (String name : names) {
                rights = rights.with(oid, ColumnKeyPermission.named(name).orElseThrow(), grant);
            }
        }
        if (session.snapshot().object(before.ref()).isPresent()) {
            session.ddl().replace(rights);
        } else {
            session.ddl().create(rights);
        }
        return grant ? "GRANT" : "REVOKE";
    }
}
