package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Roles, databases, tablespaces and their settings. */
final class RoleViews {
    private static final int UTF8 = 6;
    static final int PG_DEFAULT = 1663;
    private static final int PG_GLOBAL = 1664;
    private static final String MASKED = "********";

    private RoleViews() {}

    static void register(Registrar registrar) {
        registrar.catalog("pg_authid", (context, row, sink) -> {
            for (Role role : context.snapshot().shared().roles()) {
                role(role, row).set("rolpassword", role.verifier()).emit(sink);
            }
        });
        registrar.catalog("pg_roles", (context, row, sink) -> {
            for (Role role : context.snapshot().shared().roles()) {
                role(role, row)
                        .set("rolpassword", MASKED)
                        .set("rolconfig", config(role.settings().get(0)))
                        .emit(sink);
            }
        });
        registrar.catalog("pg_user", (context, row, sink) -> users(context, row, sink, true));
        registrar.catalog("pg_shadow", (context, row, sink) -> users(context, row, sink, false));
        registrar.catalog("pg_group", RoleViews::groups);
        registrar.catalog("pg_auth_members", RoleViews::memberships);
        registrar.catalog("pg_database", RoleViews::databases);
        registrar.catalog("pg_tablespace", RoleViews::tablespaces);
        registrar.catalog("pg_db_role_setting", RoleViews::settings);
    }

    private static RowBuilder role(Role role, RowBuilder row) {
        Role.Attributes attributes = role.attributes();
        return row.set("oid", role.oid())
                .set("rolname", role.name())
                .set("rolsuper", attributes.superuser())
                .set("rolinherit", attributes.inherit())
                .set("rolcreaterole", attributes.createRole())
                .set("rolcreatedb", attributes.createDatabase())
                .set("rolcanlogin", attributes.login())
                .set("rolreplication", attributes.replication())
                .set("rolbypassrls", attributes.bypassRowSecurity())
                .set("rolconnlimit", role.connectionLimit())
                .set("rolvaliduntil", role.validUntilMicros());
    }

    private static void users(SystemContext context, RowBuilder row, Consumer<Row> sink, boolean masked) {
        for (Role role : context.snapshot().shared().roles()) {
            Role.Attributes attributes = role.attributes();
            if (attributes.login()) {
                row.set("usename", role.name())
                        .set("usesysid", role.oid())
                        .set("usecreatedb", attributes.createDatabase())
                        .set("usesuper", attributes.superuser())
                        .set("userepl", attributes.replication())
                        .set("usebypassrls", attributes.bypassRowSecurity())
                        .set("passwd", masked ? MASKED : role.verifier())
                        .set("valuntil", role.validUntilMicros())
                        .set("useconfig", config(role.settings().get(0)))
                        .emit(sink);
            }
        }
    }

    private static void groups(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        SharedSnapshot shared = context.snapshot().shared();
        for (Role group : shared.roles()) {
            if (!group.attributes().login()) {
                List<Integer> members = new ArrayList<>();
                for (Role role : shared.roles()) {
                    if (role.memberOf().stream().anyMatch(membership -> membership.roleOid() == group.oid())) {
                        members.add(role.oid());
                    }
                }
                row.set("groname", group.name())
                        .set("grosysid", group.oid())
                        .set("grolist", members)
                        .emit(sink);
            }
        }
    }

    private static void memberships(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (Role role : context.snapshot().shared().roles()) {
            for (Role.Membership membership : role.memberOf()) {
                row.set("roleid", membership.roleOid())
                        .set("member", role.oid())
                        .set("grantor", membership.grantorOid())
                        .set("admin_option", membership.adminOption())
                        .emit(sink);
            }
        }
    }

    private static void databases(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        SharedSnapshot shared = context.snapshot().shared();
        for (DatabaseDefinition database : shared.databases()) {
            row.set("oid", database.oid())
                    .set("datname", database.name())
                    .set("datdba", database.ownerOid())
                    .set("encoding", UTF8)
                    .set("datlocprovider", "c")
                    .set("datistemplate", database.template())
                    .set("datallowconn", database.allowConnections())
                    .set("datconnlimit", database.connectionLimit())
                    .set("datfrozenxid", 3)
                    .set("datminmxid", 1)
                    .set("dattablespace", PG_DEFAULT)
                    .set("datcollate", database.collate())
                    .set("datctype", database.collate())
                    .set("datacl", ClassViews.acl(database.acl(), shared))
                    .emit(sink);
        }
    }

    private static void tablespaces(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        row.set("oid", PG_DEFAULT)
                .set("spcname", "pg_default")
                .set("spcowner", Role.POSTGRES)
                .emit(sink);
        row.set("oid", PG_GLOBAL)
                .set("spcname", "pg_global")
                .set("spcowner", Role.POSTGRES)
                .emit(sink);
    }

    private static void settings(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (DatabaseDefinition database : context.snapshot().shared().databases()) {
            if (!database.settings().isEmpty()) {
                row.set("setdatabase", database.oid())
                        .set("setconfig", config(database.settings()))
                        .emit(sink);
            }
        }
        for (Role role : context.snapshot().shared().roles()) {
            role.settings()
                    .forEach((database, settings) -> row.set("setdatabase", database)
                            .set("setrole", role.oid())
                            .set("setconfig", config(settings))
                            .emit(sink));
        }
    }

    private static @Nullable List<String> config(@Nullable Map<String, String> settings) {
        if (settings == null || settings.isEmpty()) {
            return null;
        }
        List<String> config = new ArrayList<>();
        new TreeMap<>(settings).forEach((name, value) -> config.add(name + "=" + value));
        return config;
    }
}
