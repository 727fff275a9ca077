package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.FixedRoles;
import dev.strongroom.catalog.object.Owned;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.store.Grants;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.SecureRandomness;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.crypto.password.ScramVerifier;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.RoleName;
import dev.strongroom.sql.parse.statement.RoleStatement;
import dev.strongroom.sql.parse.statement.RoleStatement.Membership;
import dev.strongroom.sql.parse.statement.RoleStatement.Privileges;
import dev.strongroom.sql.parse.statement.RoleStatement.RoleOption;
import dev.strongroom.sql.parse.statement.Secret;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Roles, memberships and privileges. */
final class RoleCommands {
    private RoleCommands() {}

    static String run(RoleStatement statement, CommandSession session) {
        Commands.refuseReadOnly(session, "GRANT");
        return switch (statement) {
            case RoleStatement.CreateRole create -> create(create, session);
            case RoleStatement.AlterRole alter -> alter(alter, session);
            case RoleStatement.RenameRole rename -> {
                requireCreateRole(session, "permission denied to rename role");
                Role renamed = session.snapshot().shared().requireRole(rename.name());
                requireOver(renamed, session);
                requireOrdinary(rename.newName(), session);
                session.ddl().rename(renamed, rename.newName());
                yield "ALTER ROLE";
            }
            case RoleStatement.RoleSetting setting -> setting(setting, session);
            case RoleStatement.DropRole drop -> drop(drop, session);
            case Membership membership ->
                ColumnKeyGrants.concerns(membership)
                        ? ColumnKeyGrants.run(membership, session)
                        : membership(membership, session);
            case Privileges privileges
            when ColumnKeyGrants.concerns(privileges) -> ColumnKeyGrants.run(privileges, session);
            case Privileges privileges
            when DatabaseGrants.concerns(privileges) -> DatabaseGrants.run(privileges, session);
            case Privileges privileges -> privileges(privileges, session);
            case RoleStatement.Deny deny -> DatabaseGrants.deny(deny.denied(), session);
            case RoleStatement.DefaultPrivileges ignored -> throw Commands.unsupported("ALTER DEFAULT PRIVILEGES");
            case RoleStatement.ReassignOwned reassign -> reassign(reassign, session);
            case RoleStatement.DropOwned ignored -> throw Commands.unsupported("DROP OWNED");
        };
    }

    private static Role me(CommandSession session) {
        return session.snapshot().shared().role(session.currentUserOid()).orElseThrow();
    }

    private static void requireCreateRole(CommandSession session, String message) {
        Role me = me(session);
        if (!me.superuser() && !me.attributes().createRole()) {
            throw new DatabaseException(ErrorCode.INSUFFICIENT_PRIVILEGE, message);
        }
    }

    /** Names that carry rights are for superusers to give (TDE-108). */
    private static void requireOrdinary(String name, CommandSession session) {
        if (FixedRoles.reserved(name) && !me(session).superuser()) {
            throw ErrorReport.error(ErrorCode.RESERVED_NAME, "role name \"" + name + "\" is reserved")
                    .withDetail("Only superusers may create or change this role.")
                    .exception();
        }
    }

    /** Superusers, fixed roles and their members are changed by superusers only: a new password is a way in. */
    private static void requireOver(Role role, CommandSession session) {
        if (me(session).superuser()) {
            return;
        }
        if (role.superuser()) {
            throw new DatabaseException(
                    ErrorCode.INSUFFICIENT_PRIVILEGE,
                    "must be superuser to alter superuser roles or change superuser attribute");
        }
        requireOrdinary(role.name(), session);
        SharedSnapshot shared = session.snapshot().shared();
        for (int oid : shared.memberships(role.oid())) {
            if (shared.superuser(oid) || FixedRoles.reserved(shared.roleName(oid))) {
                throw new DatabaseException(
                        ErrorCode.INSUFFICIENT_PRIVILEGE,
                        "must be superuser to alter members of role \"" + shared.roleName(oid) + "\"");
            }
        }
    }

    private static String create(RoleStatement.CreateRole create, CommandSession session) {
        requireCreateRole(session, "permission denied to create role");
        requireOrdinary(create.name(), session);
        if (create.name().startsWith("pg_")) {
            throw ErrorReport.error(ErrorCode.RESERVED_NAME, "role name \"" + create.name() + "\" is reserved")
                    .withDetail("Role names starting with \"pg_\" are reserved.")
                    .exception();
        }
        Role.Attributes attributes = new Role.Attributes(false, true, false, false, create.login(), false, false);
        Role role = Role.of(session.catalog().shared().allocateOid(), create.name(), attributes);
        Role changed = apply(role, create.options(), session);
        session.ddl().create(changed);
        for (RoleOption option : create.options()) {
            switch (option) {
                case RoleOption.InRole in ->
                    in.roles().forEach(group -> {
                        requireAdmin(group, session);
                        addMember(group, create.name(), false, session);
                    });
                case RoleOption.Members members ->
                    members.roles().forEach(member -> addMember(create.name(), member.name(), false, session));
                case RoleOption.Admins admins ->
                    admins.roles().forEach(member -> addMember(create.name(), member.name(), true, session));
                default -> {}
            }
        }
        return "CREATE ROLE";
    }

    private static String alter(RoleStatement.AlterRole alter, CommandSession session) {
        int oid = Names.role(alter.role(), session);
        Role role = session.snapshot().shared().role(oid).orElseThrow();
        boolean onlyPassword = alter.options().stream().allMatch(RoleOption.Password.class::isInstance);
        if (!(onlyPassword && oid == session.currentUserOid())) {
            requireCreateRole(session, "permission denied");
        }
        if (oid != session.currentUserOid()) {
            requireOver(role, session);
        }
        session.ddl().replace(apply(role, alter.options(), session));
        return "ALTER ROLE";
    }

    private static Role apply(Role role, List<RoleOption> options, CommandSession session) {
        Role changed = role;
        for (RoleOption option : options) {
            switch (option) {
                case RoleOption.Flag flag -> {
                    if (flag.name().equals("superuser") && !me(session).superuser()) {
                        throw new DatabaseException(
                                ErrorCode.INSUFFICIENT_PRIVILEGE, "must be superuser to create superusers");
                    }
                    changed = changed.withAttributes(flag(changed.attributes(), flag));
                }
                case RoleOption.LoadsCells loads -> changed = loadsCells(changed, loads.on(), session);
                case RoleOption.ConnectionLimit limit -> changed = changed.withConnectionLimit(limit.limit());
                case RoleOption.Password password -> changed = changed.withVerifier(verifier(password.password()));
                case RoleOption.ValidUntil until ->
                    changed = changed.withValidUntil((Long) TypeCodecs.of(PgType.TIMESTAMPTZ)
                            .parseBoxed(until.until(), session.settings().typeContext()));
                case RoleOption.InRole ignored -> {}
                case RoleOption.Members ignored -> {}
                case RoleOption.Admins ignored -> {}
            }
        }
        return changed;
    }

    /** Kept as the role's own value of the setting that sessions go by (AE-157). */
    private static Role loadsCells(Role role, boolean on, CommandSession session) {
        if (!me(session).superuser()) {
            throw new DatabaseException(
                    ErrorCode.INSUFFICIENT_PRIVILEGE,
                    "must be superuser to change ALLOW_ENCRYPTED_VALUE_MODIFICATIONS");
        }
        Map<Integer, Map<String, String>> settings = new HashMap<>(role.settings());
        Map<String, String> everywhere = new HashMap<>(settings.getOrDefault(0, Map.of()));
        everywhere.put("strongroom.allow_encrypted_value_modifications", on ? "on" : "off");
        settings.put(0, everywhere);
        return role.withSettings(settings);
    }

    private static @Nullable String verifier(@Nullable Secret password) {
        if (password == null) {
            return null;
        }
        String text = password.value();
        return ScramVerifier.isVerifier(text)
                ? text
                : ScramVerifier.of(text, new SecureRandomness()).text();
    }

    private static Role.Attributes flag(Role.Attributes a, RoleOption.Flag flag) {
        boolean on = flag.on();
        return switch (flag.name()) {
            case "superuser" ->
                new Role.Attributes(
                        on,
                        a.inherit(),
                        a.createRole(),
                        a.createDatabase(),
                        a.login(),
                        a.replication(),
                        a.bypassRowSecurity());
            case "inherit" ->
                new Role.Attributes(
                        a.superuser(),
                        on,
                        a.createRole(),
                        a.createDatabase(),
                        a.login(),
                        a.replication(),
                        a.bypassRowSecurity());
            case "createrole" ->
                new Role.Attributes(
                        a.superuser(),
                        a.inherit(),
                        on,
                        a.createDatabase(),
                        a.login(),
                        a.replication(),
                        a.bypassRowSecurity());
            case "createdb" ->
                new Role.Attributes(
                        a.superuser(),
                        a.inherit(),
                        a.createRole(),
                        on,
                        a.login(),
                        a.replication(),
                        a.bypassRowSecurity());
            case "login" ->
                new Role.Attributes(
                        a.superuser(),
                        a.inherit(),
                        a.createRole(),
                        a.createDatabase(),
                        on,
                        a.replication(),
                        a.bypassRowSecurity());
            case "replication" ->
                new Role.Attributes(
                        a.superuser(),
                        a.inherit(),
                        a.createRole(),
                        a.createDatabase(),
                        a.login(),
                        on,
                        a.bypassRowSecurity());
            case "bypassrls" ->
                new Role.Attributes(
                        a.superuser(), a.inherit(), a.createRole(), a.createDatabase(), a.login(), a.replication(), on);
            default -> a;
        };
    }

    private static String setting(RoleStatement.RoleSetting setting, CommandSession session) {
        RoleName name = setting.role();
        if (name == null) {
            throw Commands.unsupported("ALTER ROLE ALL SET");
        }
        int oid = Names.role(name, session);
        if (oid != session.currentUserOid()) {
            requireCreateRole(session, "permission denied");
        }
        Role role = session.snapshot().shared().role(oid).orElseThrow();
        String databaseName = setting.database();
        int database = databaseName == null
                ? 0
                : session.snapshot()
                        .shared()
                        .database(databaseName)
                        .orElseThrow(() -> ErrorReport.error(
                                        ErrorCode.INVALID_CATALOG_NAME,
                                        "database \"" + databaseName + "\" does not exist")
                                .exception())
                        .oid();
        Map<Integer, Map<String, String>> settings = new HashMap<>(role.settings());
        Map<String, String> changed =
                StoredSettings.change(settings.getOrDefault(database, Map.of()), setting.setting(), session);
        if (changed.isEmpty()) {
            settings.remove(database);
        } else {
            settings.put(database, changed);
        }
        session.ddl().replace(role.withSettings(settings));
        return "ALTER ROLE";
    }

    private static String drop(RoleStatement.DropRole drop, CommandSession session) {
        requireCreateRole(session, "permission denied to drop role");
        for (RoleName name : drop.roles()) {
            if (name.kind() == RoleName.Kind.NAMED
                    && session.snapshot().shared().role(name.name()).isEmpty()
                    && drop.ifExists()) {
                session.notice(ErrorReport.notice("role \"" + name.name() + "\" does not exist, skipping"));
                continue;
            }
            int oid = Names.role(name, session);
            if (oid == session.currentUserOid()) {
                throw new DatabaseException(ErrorCode.OBJECT_IN_USE, "current user cannot be dropped");
            }
            Role role = session.snapshot().shared().role(oid).orElseThrow();
            requireOver(role, session);
            session.keys().beforeDropRole(role, session.snapshot().shared());
            session.ddl().dropRole(role, session.path());
        }
        return "DROP ROLE";
    }

    // ---- membership

    private static String membership(Membership membership, CommandSession session) {
        for (String group : membership.roles()) {
            for (RoleName member : membership.members()) {
                int memberOid = Names.role(member, session);
                String memberName = session.snapshot().shared().roleName(memberOid);
                requireAdmin(group, session);
                if (membership.grant()) {
                    addMember(group, memberName, membership.adminOption(), session);
                } else {
                    removeMember(group, memberName, membership.adminOption(), session);
                }
            }
        }
        return membership.grant() ? "GRANT ROLE" : "REVOKE ROLE";
    }

    private static void requireAdmin(String group, CommandSession session) {
        Role me = me(session);
        int oid = session.snapshot().shared().requireRole(group).oid();
        boolean admin =
                me.memberOf().stream().anyMatch(membership -> membership.roleOid() == oid && membership.adminOption());
        if (!me.superuser() && session.snapshot().shared().superuser(oid)) {
            throw new DatabaseException(ErrorCode.INSUFFICIENT_PRIVILEGE, "must be superuser to alter superusers");
        }
        boolean may = me.superuser() || admin || (me.attributes().createRole() && !FixedRoles.reserved(group));
        if (!may) {
            throw new DatabaseException(
                    ErrorCode.INSUFFICIENT_PRIVILEGE, "must have admin option on role \"" + group + "\"");
        }
    }

    private static void addMember(String group, String member, boolean admin, CommandSession session) {
        Role groupRole = session.snapshot().shared().requireRole(group);
        Role memberRole = session.snapshot().shared().requireRole(member);
        if (session.snapshot().shared().memberships(groupRole.oid()).contains(memberRole.oid())) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_GRANTOR, "role \"" + group + "\" is a member of role \"" + member + "\"")
                    .exception();
        }
        List<Role.Membership> memberships = new ArrayList<>();
        for (Role.Membership existing : memberRole.memberOf()) {
            if (existing.roleOid() != groupRole.oid()) {
                memberships.add(existing);
            } else if (existing.adminOption() || !admin) {
                session.notice(
                        ErrorReport.notice("role \"" + member + "\" is already a member of role \"" + group + "\""));
                return;
            }
        }
        memberships.add(new Role.Membership(groupRole.oid(), session.currentUserOid(), admin));
        session.ddl().replace(memberRole.withMemberOf(memberships));
    }

    private static void removeMember(String group, String member, boolean adminOnly, CommandSession session) {
        Role groupRole = session.snapshot().shared().requireRole(group);
        Role memberRole = session.snapshot().shared().requireRole(member);
        List<Role.Membership> memberships = new ArrayList<>();
        boolean found = false;
        for (Role.Membership existing : memberRole.memberOf()) {
            if (existing.roleOid() != groupRole.oid()) {
                memberships.add(existing);
                continue;
            }
            found = true;
            if (adminOnly) {
                memberships.add(new Role.Membership(existing.roleOid(), existing.grantorOid(), false));
            }
        }
        if (!found) {
            session.notice(ErrorReport.warning(
                    ErrorCode.WARNING, "role \"" + member + "\" is not a member of role \"" + group + "\""));
            return;
        }
        session.ddl().replace(memberRole.withMemberOf(memberships));
    }

    // ---- privileges

    private static String privileges(Privileges statement, CommandSession session) {
        List<Integer> grantees = new ArrayList<>();
        statement.grantees().forEach(role -> grantees.add(Names.role(role, session)));
        for (Owned object : objects(statement, session)) {
            grant(statement, object, grantees, session);
        }
        return statement.grant() ? "GRANT" : "REVOKE";
    }

    private static void grant(Privileges statement, Owned object, List<Integer> grantees, CommandSession session) {
        Grants grants = new Grants(session.ddl(), session.currentUserOid());
        int whole = 0;
        for (RoleStatement.Privilege privilege : statement.privileges()) {
            int bit = Privilege.named(privilege.name())
                    .orElseThrow(() -> ErrorReport.error(
                                    ErrorCode.SYNTAX_ERROR,
                                    "unrecognized privilege type \""
                                            + privilege.name().toLowerCase(Locale.ROOT) + "\"")
                            .exception())
                    .bit();
            if (privilege.columns().isEmpty()) {
                whole |= bit;
            } else if (object instanceof Relation relation) {
                Relation now = session.snapshot().relation(relation.oid()).orElse(relation);
                tell(
                        grants.apply(
                                now,
                                privilege.columns(),
                                new Grants.Change(statement.grant(), grantees, bit, statement.grantOption())),
                        session);
            }
        }
        if (whole != 0 || statement.privileges().isEmpty()) {
            int bits = statement.privileges().isEmpty() ? Grants.ALL : whole;
            Owned now = object instanceof Relation relation
                    ? session.snapshot().relation(relation.oid()).orElse(relation)
                    : object;
            tell(
                    grants.apply(now, new Grants.Change(statement.grant(), grantees, bits, statement.grantOption())),
                    session);
        }
    }

    private static void tell(@Nullable ErrorReport warning, CommandSession session) {
        if (warning != null) {
            session.notice(warning);
        }
    }

    private static List<Owned> objects(Privileges statement, CommandSession session) {
        List<Owned> found = new ArrayList<>();
        for (ObjectName name : statement.objects()) {
            switch (statement.kind()) {
                case TABLE, SEQUENCE -> {
                    if (statement.allInSchema()) {
                        found.addAll(allIn(name.name(), statement.kind(), session));
                    } else {
                        found.add(Names.relation(name, session));
                    }
                }
                case SCHEMA -> found.add(session.snapshot().requireSchema(name.name()));
                case DATABASE ->
                    found.add(session.snapshot()
                            .shared()
                            .database(name.name())
                            .orElseThrow(() -> ErrorReport.error(
                                            ErrorCode.INVALID_CATALOG_NAME,
                                            "database \"" + name.name() + "\" does not exist")
                                    .exception()));
                case FUNCTION, PROCEDURE, LANGUAGE, TYPE, DOMAIN -> {
                    // Built-in functions, types and languages are everybody's; there are no others.
                }
                default ->
                    throw Commands.unsupported("GRANT ON " + statement.kind().tag());
            }
        }
        return found;
    }

    private static List<Owned> allIn(String schemaName, ObjectKind kind, CommandSession session) {
        Schema schema = session.snapshot().requireSchema(schemaName);
        List<Owned> found = new ArrayList<>();
        for (Relation relation : session.snapshot().relationsIn(schema.oid())) {
            boolean sequence = relation.relkind() == 'S';
            boolean table = relation.relkind() == 'r' || relation.relkind() == 'v';
            if (kind == ObjectKind.SEQUENCE ? sequence : table) {
                found.add(relation);
            }
        }
        return found;
    }

    private static String reassign(RoleStatement.ReassignOwned reassign, CommandSession session) {
        int target = Names.role(reassign.newOwner(), session);
        for (RoleName name : reassign.roles()) {
            int from = Names.role(name, session);
            if (!session.snapshot().shared().memberOf(session.currentUserOid(), from)) {
                throw new DatabaseException(ErrorCode.INSUFFICIENT_PRIVILEGE, "permission denied to reassign objects");
            }
            for (CatalogObject object : List.copyOf(session.snapshot().all())) {
                if (object instanceof Relation relation && relation.ownerOid() == from) {
                    session.ddl().replace(relation.withOwner(target));
                } else if (object instanceof Schema schema && schema.ownerOid() == from && !schema.system()) {
                    session.ddl().replace(schema.withOwner(target));
                }
            }
        }
        return "REASSIGN OWNED";
    }
}
