package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements about roles and privileges. */
public sealed interface RoleStatement extends Statement {
    /**
     * CREATE ROLE, USER, GROUP.
     *
     * @param login what LOGIN is unless an option says otherwise: true for CREATE USER
     */
    record CreateRole(String name, boolean login, List<RoleOption> options) implements RoleStatement {
        public CreateRole {
            options = List.copyOf(options);
        }
    }

    record AlterRole(RoleName role, List<RoleOption> options) implements RoleStatement {
        public AlterRole {
            options = List.copyOf(options);
        }
    }

    record RenameRole(String name, String newName) implements RoleStatement {}

    /** ALTER ROLE … [IN DATABASE d] SET/RESET; a null role is ALL. */
    record RoleSetting(@Nullable RoleName role, @Nullable String database, SettingStatement setting)
            implements RoleStatement {}

    record DropRole(List<RoleName> roles, boolean ifExists) implements RoleStatement {
        public DropRole {
            roles = List.copyOf(roles);
        }
    }

    /** GRANT or REVOKE of membership. */
    record Membership(boolean grant, List<String> roles, List<RoleName> members, boolean adminOption, boolean cascade)
            implements RoleStatement {
        public Membership {
            roles = List.copyOf(roles);
            members = List.copyOf(members);
        }
    }

    /**
     * GRANT or REVOKE of privileges on objects.
     *
     * @param privileges empty for ALL
     * @param allInSchema the names are schemas: ALL TABLES IN SCHEMA …
     * @param grantOption WITH GRANT OPTION, or GRANT OPTION FOR
     */
    record Privileges(
            boolean grant,
            List<Privilege> privileges,
            ObjectKind kind,
            boolean allInSchema,
            List<ObjectName> objects,
            List<RoleName> grantees,
            boolean grantOption,
            boolean cascade)
            implements RoleStatement {
        public Privileges {
            privileges = List.copyOf(privileges);
            objects = List.copyOf(objects);
            grantees = List.copyOf(grantees);
        }
    }

    /** T-SQL's DENY, on keys and cryptographic providers. */
    record Deny(Privileges denied) implements RoleStatement {}

    /**
     * One privilege.
     *
     * @param name upper-case words: SELECT, VIEW DEFINITION, …
     * @param columns empty for the whole object
     */
    record Privilege(String name, List<String> columns) {
        /** All that T-SQL has ON DATABASE::name; for PostgreSQL's ALL there are no privileges in the list. */
        public static final String ALL = "ALL";

        public Privilege {
            columns = List.copyOf(columns);
        }
    }

    /** ALTER DEFAULT PRIVILEGES: accepted, kept for scripts. */
    record DefaultPrivileges(List<RoleName> roles, List<String> schemas, Privileges privileges)
            implements RoleStatement {
        public DefaultPrivileges {
            roles = List.copyOf(roles);
            schemas = List.copyOf(schemas);
        }
    }

    record ReassignOwned(List<RoleName> roles, RoleName newOwner) implements RoleStatement {
        public ReassignOwned {
            roles = List.copyOf(roles);
        }
    }

    record DropOwned(List<RoleName> roles, boolean cascade) implements RoleStatement {
        public DropOwned {
            roles = List.copyOf(roles);
        }
    }

    /** One option of CREATE/ALTER ROLE. */
    sealed interface RoleOption {
        /** SUPERUSER, CREATEDB, CREATEROLE, INHERIT, LOGIN, REPLICATION, BYPASSRLS and their negations. */
        record Flag(String name, boolean on) implements RoleOption {}

        /** ALLOW_ENCRYPTED_VALUE_MODIFICATIONS = ON | OFF (AE-156). */
        record LoadsCells(boolean on) implements RoleOption {}

        record ConnectionLimit(int limit) implements RoleOption {}

        /** PASSWORD '…', or null for PASSWORD NULL. */
        record Password(@Nullable Secret password) implements RoleOption {}

        record ValidUntil(String until) implements RoleOption {}

        /** IN ROLE. */
        record InRole(List<String> roles) implements RoleOption {}

        /** ROLE, USER: members of the new role. */
        record Members(List<RoleName> roles) implements RoleOption {}

        /** ADMIN: members with admin option. */
        record Admins(List<RoleName> roles) implements RoleOption {}
    }
}
