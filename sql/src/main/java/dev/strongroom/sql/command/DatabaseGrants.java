package dev.strongroom.sql.command;

import dev.strongroom.catalog.key.CertificatePermission;
import dev.strongroom.catalog.key.KeyGrants.Verb;
import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.key.KeySession;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.RoleName;
import dev.strongroom.sql.parse.statement.RoleStatement.Privilege;
import dev.strongroom.sql.parse.statement.RoleStatement.Privileges;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * GRANT, DENY and REVOKE of T-SQL's permissions ON DATABASE::name (TDE-108, TDE-153): they are about encryption and the keys in
 * the database. PostgreSQL's own privileges on a database have other names.
 */
final class DatabaseGrants {
    private DatabaseGrants() {}

    static boolean concerns(Privileges statement) {
        return statement.kind() == ObjectKind.DATABASE
                && !statement.privileges().isEmpty()
                && statement.privileges().stream()
                        .allMatch(privilege -> privilege.name().equals(Privilege.ALL)
                                || CertificatePermission.ofName(privilege.name())
                                        .isPresent());
    }

    static String run(Privileges statement, CommandSession session) {
        return run(statement, statement.grant() ? Verb.GRANT : Verb.REVOKE, session);
    }

    static String deny(Privileges statement, CommandSession session) {
        if (statement.kind() != ObjectKind.DATABASE || !statement.privileges().isEmpty() && !concerns(statement)) {
            throw Commands.unsupported("DENY of PostgreSQL's privileges");
        }
        return run(statement, Verb.DENY, session);
    }

    private static String run(Privileges statement, Verb verb, CommandSession session) {
        if (statement.grantOption()) {
            throw Commands.unsupported("WITH GRANT OPTION of permissions on keys");
        }
        Set<CertificatePermission> permissions = EnumSet.noneOf(CertificatePermission.class);
        statement
                .privileges()
                .forEach(privilege ->
                        CertificatePermission.ofName(privilege.name()).ifPresent(permissions::add));
        if (permissions.isEmpty()) {
            permissions.addAll(EnumSet.allOf(CertificatePermission.class));
        }
        List<Integer> roles = statement.grantees().stream()
                .map(role -> role.kind() == RoleName.Kind.PUBLIC ? 0 : Names.role(role, session))
                .toList();
        for (ObjectName name : statement.objects()) {
            DatabaseDefinition database = require(name.name(), session);
            session.ddl().replace(database.withKeyGrants(verb.apply(database.keyGrants(), permissions, roles)));
        }
        return verb.name();
    }

    /** The database, to whoever has CONTROL on it. */
    private static DatabaseDefinition require(String name, CommandSession session) {
        SharedSnapshot shared = session.snapshot().shared();
        DatabaseDefinition database = shared.databaseInAnyCase(name)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.INVALID_CATALOG_NAME, "database \"" + name + "\" does not exist")
                        .exception());
        KeyRequest request =
                new KeyRequest(database.oid(), session.currentUserOid(), shared, new KeySession(), notice -> {});
        request.requireControl();
        return database;
    }
}
