package dev.strongroom.sql.parse;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.identifier.Keywords;
import dev.strongroom.sql.parse.Token.Kind;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.ProviderStatement;
import dev.strongroom.sql.parse.statement.RoleName;
import dev.strongroom.sql.parse.statement.RoleStatement;
import dev.strongroom.sql.parse.statement.RoleStatement.Membership;
import dev.strongroom.sql.parse.statement.RoleStatement.Privilege;
import dev.strongroom.sql.parse.statement.RoleStatement.Privileges;
import dev.strongroom.sql.parse.statement.RoleStatement.RoleOption;
import dev.strongroom.sql.parse.statement.Secret;
import dev.strongroom.sql.parse.statement.SettingStatement;
import dev.strongroom.sql.parse.statement.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Roles, GRANT and REVOKE. */
final class RoleParser {
    private static final Set<String> FLAGS =
            Set.of("superuser", "createdb", "createrole", "inherit", "login", "replication", "bypassrls");

    private final TokenStream tokens;
    private final SettingParser settings;

    RoleParser(ParserContext context, SettingParser settings) {
        this.tokens = context.tokens;
        this.settings = settings;
    }

    RoleName role() {
        int position = tokens.position();
        Token token = tokens.peek();
        if (token.isWord("current_user") || token.isWord("current_role")) {
            tokens.next();
            return new RoleName(RoleName.Kind.CURRENT_USER, "", position);
        }
        if (token.isWord("session_user")) {
            tokens.next();
            return new RoleName(RoleName.Kind.SESSION_USER, "", position);
        }
        if (token.isWord("public")) {
            tokens.next();
            return new RoleName(RoleName.Kind.PUBLIC, "", position);
        }
        if (token.kind() == Kind.WORD && token.keyword() != null && token.keyword() == Keywords.Kind.RESERVED) {
            throw tokens.unexpected();
        }
        return new RoleName(RoleName.Kind.NAMED, tokens.label(), position);
    }

    List<RoleName> roles() {
        List<RoleName> roles = new ArrayList<>();
        do {
            roles.add(role());
        } while (tokens.accept(","));
        return roles;
    }

    private String roleId() {
        RoleName role = role();
        if (role.kind() != RoleName.Kind.NAMED) {
            throw ErrorReport.error(
                            ErrorCode.RESERVED_NAME,
                            "role name \"" + role.kind().name().toLowerCase(Locale.ROOT) + "\" is reserved")
                    .withPosition(role.position())
                    .exception();
        }
        return role.name();
    }

    /** CREATE ROLE | USER | GROUP; the word has been taken. */
    Statement create(boolean login) {
        String name = roleId();
        tokens.accept("with");
        return new RoleStatement.CreateRole(name, login, options());
    }

    /** ALTER ROLE | USER; the word has been taken. */
    Statement alter() {
        if (tokens.at("all") && !tokens.at(1, "with")) {
            tokens.next();
            return roleSetting(null);
        }
        RoleName role = role();
        if (tokens.accept("rename")) {
            tokens.expect("to");
            return new RoleStatement.RenameRole(role.name(), roleId());
        }
        if (tokens.at("set") || tokens.at("reset") || (tokens.at("in") && tokens.at(1, "database"))) {
            return roleSetting(role);
        }
        boolean add = tokens.at("add");
        if (role.kind() == RoleName.Kind.NAMED && (add || tokens.at("drop")) && tokens.at(1, "credential")) {
            tokens.next();
            tokens.next();
            return new ProviderStatement.MapCredential(role.name(), add, tokens.bracketName());
        }
        tokens.accept("with");
        return new RoleStatement.AlterRole(role, options());
    }

    private Statement roleSetting(@Nullable RoleName role) {
        String database = tokens.accept("in", "database") ? tokens.columnId() : null;
        SettingStatement setting = settings.setOrReset();
        return new RoleStatement.RoleSetting(role, database, setting);
    }

    /** ALTER GROUP name ADD | DROP USER roles, or RENAME TO. */
    Statement alterGroup() {
        String name = roleId();
        if (tokens.accept("rename")) {
            tokens.expect("to");
            return new RoleStatement.RenameRole(name, roleId());
        }
        boolean add = tokens.accept("add");
        if (!add) {
            tokens.expect("drop");
        }
        tokens.expect("user");
        return new Membership(add, List.of(name), roles(), false, false);
    }

    /** DROP ROLE | USER | GROUP; the word has been taken. */
    Statement drop() {
        boolean ifExists = tokens.ifExists();
        return new RoleStatement.DropRole(roles(), ifExists);
    }

    private List<RoleOption> options() {
        List<RoleOption> options = new ArrayList<>();
        while (tokens.peek().kind() == Kind.WORD && !tokens.atGo()) {
            Token word = tokens.next();
            options.add(option(word));
        }
        return options;
    }

    private RoleOption option(Token word) {
        String name = word.text();
        if (FLAGS.contains(name)) {
            return new RoleOption.Flag(name, true);
        }
        if (name.startsWith("no") && FLAGS.contains(name.substring(2))) {
            return new RoleOption.Flag(name.substring(2), false);
        }
        switch (name) {
            case "allow_encrypted_value_modifications" -> {
                tokens.accept("=");
                boolean on = tokens.accept("on");
                if (!on) {
                    tokens.expect("off");
                }
                return new RoleOption.LoadsCells(on);
            }
            case "encrypted" -> {
                tokens.expect("password");
                return new RoleOption.Password(secret());
            }
            case "password" -> {
                return new RoleOption.Password(tokens.accept("null") ? null : secret());
            }
            case "connection" -> {
                tokens.expect("limit");
                return new RoleOption.ConnectionLimit((int) tokens.signedInteger());
            }
            case "valid" -> {
                tokens.expect("until");
                return new RoleOption.ValidUntil(tokens.accept("null") ? "infinity" : tokens.string());
            }
            case "in" -> {
                if (!tokens.accept("role")) {
                    tokens.expect("group");
                }
                return new RoleOption.InRole(
                        roles().stream().map(RoleName::name).toList());
            }
            case "role", "user" -> {
                return new RoleOption.Members(roles());
            }
            case "admin" -> {
                return new RoleOption.Admins(roles());
            }
            case "sysid" -> {
                tokens.integer();
                return new RoleOption.Flag("sysid", true);
            }
            default -> throw TokenStream.syntaxError("unrecognized role option \"" + name + "\"", word.start() + 1);
        }
    }

    private Secret secret() {
        Token token = tokens.peek();
        return new Secret(tokens.string(), token.start(), token.end());
    }

    /** DENY; the word has been taken. There is none of PostgreSQL's: only what has classes in T-SQL can be denied. */
    Statement deny() {
        int at = tokens.position();
        if (grant(true) instanceof Privileges denied
                && (denied.kind() == ObjectKind.CERTIFICATE
                        || denied.kind() == ObjectKind.ASYMMETRIC_KEY
                        || denied.kind() == ObjectKind.SYMMETRIC_KEY
                        || denied.kind() == ObjectKind.CRYPTOGRAPHIC_PROVIDER
                        || denied.kind() == ObjectKind.DATABASE)) {
            return new RoleStatement.Deny(denied);
        }
        throw TokenStream.unsupported("DENY on anything but databases, keys and cryptographic providers", at);
    }

    /** GRANT or REVOKE; the word has been taken. */
    Statement grant(boolean grant) {
        boolean optionFor =
                !grant && (tokens.accept("grant", "option", "for") || tokens.accept("admin", "option", "for"));
        List<Privilege> privileges = new ArrayList<>();
        boolean all = tokens.at("all");
        if (all) {
            tokens.next();
            tokens.accept("privileges");
            List<String> columns = tokens.optionalParenthesisedNames();
            if (!columns.isEmpty()) {
                for (String name : List.of("SELECT", "INSERT", "UPDATE", "REFERENCES")) {
                    privileges.add(new Privilege(name, columns));
                }
            }
        } else {
            do {
                privileges.add(privilege());
            } while (tokens.accept(","));
        }
        if (!tokens.accept("on")) {
            return membership(grant, privileges, optionFor);
        }
        boolean tsql = tokens.at("database") && tokens.at(1, "::");
        Target target = target();
        if (all && tsql) {
            privileges.add(new Privilege(Privilege.ALL, List.of()));
        }
        tokens.expect(grant ? "to" : "from");
        tokens.accept("group");
        List<RoleName> grantees = roles();
        boolean grantOption = grant && tokens.accept("with", "grant", "option");
        grantedBy();
        boolean cascade = !grant && tokens.cascade();
        return new Privileges(
                grant,
                privileges,
                target.kind,
                target.allInSchema,
                target.objects,
                grantees,
                grantOption || optionFor,
                cascade);
    }

    private void grantedBy() {
        if (tokens.accept("granted", "by")) {
            role();
        }
    }

    private Privilege privilege() {
        Token first = tokens.peek();
        StringBuilder name = new StringBuilder();
        if (first.kind() == Kind.QUOTED) {
            tokens.next();
            name.append(first.text());
        } else {
            while (tokens.peek().kind() == Kind.WORD && !tokens.at("on") && !tokens.at("to") && !tokens.at("from")) {
                name.append(name.isEmpty() ? "" : " ").append(tokens.next().text());
            }
            if (name.isEmpty()) {
                throw tokens.unexpected();
            }
        }
        return new Privilege(name.toString(), tokens.optionalParenthesisedNames());
    }

    private Statement membership(boolean grant, List<Privilege> roles, boolean optionFor) {
        tokens.expect(grant ? "to" : "from");
        List<RoleName> members = roles();
        boolean admin = grant && tokens.accept("with", "admin", "option");
        grantedBy();
        boolean cascade = !grant && tokens.cascade();
        return new Membership(
                grant, roles.stream().map(Privilege::name).toList(), members, admin || optionFor, cascade);
    }

    private record Target(ObjectKind kind, boolean allInSchema, List<ObjectName> objects) {}

    private Target target() {
        if (tokens.accept("all")) {
            Token what = tokens.next();
            ObjectKind kind = switch (what.text()) {
                case "tables" -> ObjectKind.TABLE;
                case "sequences" -> ObjectKind.SEQUENCE;
                case "functions", "routines", "procedures" -> ObjectKind.FUNCTION;
                default -> throw tokens.unexpected(what);
            };
            tokens.expect("in", "schema");
            return new Target(kind, true, tokens.objectNames());
        }
        ObjectKind kind = grantKind();
        if (kind == ObjectKind.FUNCTION || kind == ObjectKind.PROCEDURE) {
            return new Target(kind, false, functionNames());
        }
        if (tokens.peek().isSymbol("::") || tokens.peek().isSymbol("[")) {
            tokens.accept("::");
            return new Target(kind, false, List.of(new ObjectName(List.of(tokens.bracketName()), tokens.position())));
        }
        return new Target(kind, false, tokens.objectNames());
    }

    private List<ObjectName> functionNames() {
        List<ObjectName> names = new ArrayList<>();
        do {
            names.add(tokens.objectName());
            skipParentheses();
        } while (tokens.accept(","));
        return names;
    }

    void skipParentheses() {
        if (!tokens.accept("(")) {
            return;
        }
        int depth = 1;
        while (depth > 0) {
            Token token = tokens.peek();
            if (token.kind() == Kind.END) {
                throw tokens.unexpected();
            }
            tokens.next();
            depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
        }
    }

    /** The word for a kind of object; nothing means table. */
    private ObjectKind grantKind() {
        Token word = tokens.peek();
        boolean scoped = tokens.at(1, "::");
        ObjectKind kind = switch (word.text()) {
            case "table" -> ObjectKind.TABLE;
            case "sequence" -> ObjectKind.SEQUENCE;
            case "database" -> ObjectKind.DATABASE;
            case "schema" -> ObjectKind.SCHEMA;
            case "function", "routine" -> ObjectKind.FUNCTION;
            case "procedure" -> ObjectKind.PROCEDURE;
            case "language" -> ObjectKind.LANGUAGE;
            case "type" -> ObjectKind.TYPE;
            case "domain" -> ObjectKind.DOMAIN;
            case "tablespace" -> ObjectKind.TABLESPACE;
            case "certificate" -> scoped ? ObjectKind.CERTIFICATE : ObjectKind.OTHER;
            case "asymmetric", "symmetric", "cryptographic" -> ObjectKind.OTHER;
            default -> ObjectKind.OTHER;
        };
        if (word.kind() != Kind.WORD) {
            return ObjectKind.TABLE;
        }
        if (kind != ObjectKind.OTHER) {
            tokens.next();
            return kind;
        }
        if (tokens.accept("asymmetric", "key")) {
            return ObjectKind.ASYMMETRIC_KEY;
        }
        if (tokens.accept("symmetric", "key")) {
            return ObjectKind.SYMMETRIC_KEY;
        }
        if (tokens.accept("cryptographic", "provider")) {
            return ObjectKind.CRYPTOGRAPHIC_PROVIDER;
        }
        if (tokens.accept("large", "object")) {
            return ObjectKind.LARGE_OBJECT;
        }
        tokens.accept("foreign");
        return ObjectKind.TABLE;
    }

    /** ALTER DEFAULT PRIVILEGES; the words have been taken. */
    Statement defaultPrivileges() {
        List<RoleName> forRoles = List.of();
        List<String> schemas = List.of();
        while (tokens.at("for") || tokens.at("in")) {
            if (tokens.accept("in")) {
                tokens.expect("schema");
                schemas = tokens.columnIds();
            } else {
                tokens.next();
                if (!tokens.accept("role")) {
                    tokens.expect("user");
                }
                forRoles = roles();
            }
        }
        boolean grant = tokens.accept("grant");
        if (!grant) {
            tokens.expect("revoke");
        }
        boolean optionFor = !grant && tokens.accept("grant", "option", "for");
        List<Privilege> privileges = new ArrayList<>();
        if (tokens.accept("all")) {
            tokens.accept("privileges");
        } else {
            do {
                privileges.add(privilege());
            } while (tokens.accept(","));
        }
        tokens.expect("on");
        Token what = tokens.next();
        ObjectKind kind = switch (what.text()) {
            case "tables" -> ObjectKind.TABLE;
            case "sequences" -> ObjectKind.SEQUENCE;
            case "functions", "routines" -> ObjectKind.FUNCTION;
            case "types" -> ObjectKind.TYPE;
            case "schemas" -> ObjectKind.SCHEMA;
            default -> throw tokens.unexpected(what);
        };
        tokens.expect(grant ? "to" : "from");
        List<RoleName> grantees = roles();
        boolean grantOption = grant && tokens.accept("with", "grant", "option");
        boolean cascade = !grant && tokens.cascade();
        return new RoleStatement.DefaultPrivileges(
                forRoles,
                schemas,
                new Privileges(grant, privileges, kind, true, List.of(), grantees, grantOption || optionFor, cascade));
    }
}
