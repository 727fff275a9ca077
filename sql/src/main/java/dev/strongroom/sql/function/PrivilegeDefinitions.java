package dev.strongroom.sql.function;

import dev.strongroom.catalog.pgview.PrivilegeFunctions;
import dev.strongroom.common.type.PgType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code has_*_privilege}, {@code pg_has_role}, {@code acldefault}: every overload by the ends of its source's name. */
final class PrivilegeDefinitions {
    /** Forms without a role, then with a role by name or OID. */
    private static final String[] FORMS = {"name", "id", "name_name", "name_id", "id_name", "id_id"};

    private static final String[] COLUMN_FORMS = {
        "name_name",
        "name_attnum",
        "id_name",
        "id_attnum",
        "name_name_name",
        "name_name_attnum",
        "name_id_name",
        "name_id_attnum",
        "id_name_name",
        "id_name_attnum",
        "id_id_name",
        "id_id_attnum"
    };

    private PrivilegeDefinitions() {}

    static void define(Definitions to) {
        for (String kind :
                new String[] {"table", "sequence", "schema", "database", "function", "language", "tablespace", "type"
                }) {
            for (String form : FORMS) {
                to.general("has_" + kind + "_privilege_" + form, (call, arguments) -> has(call, kind, arguments));
            }
        }
        for (String form : FORMS) {
            to.general("has_any_column_privilege_" + form, PrivilegeDefinitions::hasAnyColumn);
            to.general("pg_has_role_" + form, PrivilegeDefinitions::hasRole);
        }
        for (String form : COLUMN_FORMS) {
            to.general("has_column_privilege_" + form, PrivilegeDefinitions::hasColumn);
        }
        to.general(
                "acldefault_sql",
                (call, arguments) -> SystemCatalogFunctions.array(
                        PgType.ACLITEM,
                        functions(call)
                                .defaultAcl(
                                        SystemCatalogFunctions.text(arguments, 0),
                                        SystemCatalogFunctions.number(arguments, 1))));
    }

    private static PrivilegeFunctions functions(Call call) {
        return new PrivilegeFunctions(call.session().systemContext());
    }

    private static Object argument(@Nullable Object[] arguments, int fromEnd) {
        return Objects.requireNonNull(arguments[arguments.length - fromEnd]);
    }

    private static @Nullable Object has(Call call, String kind, @Nullable Object[] arguments) {
        Object role = arguments.length == 3 ? arguments[0] : null;
        return SystemCatalogFunctions.bool(
                functions(call).has(kind, role, argument(arguments, 2), (String) argument(arguments, 1)));
    }

    private static @Nullable Object hasAnyColumn(Call call, @Nullable Object[] arguments) {
        Object role = arguments.length == 3 ? arguments[0] : null;
        return SystemCatalogFunctions.bool(
                functions(call).hasAnyColumn(role, argument(arguments, 2), (String) argument(arguments, 1)));
    }

    private static @Nullable Object hasColumn(Call call, @Nullable Object[] arguments) {
        Object role = arguments.length == 4 ? arguments[0] : null;
        return SystemCatalogFunctions.bool(functions(call)
                .hasColumn(role, argument(arguments, 3), argument(arguments, 2), (String) argument(arguments, 1)));
    }

    private static @Nullable Object hasRole(Call call, @Nullable Object[] arguments) {
        Object role = arguments.length == 3 ? arguments[0] : null;
        return SystemCatalogFunctions.bool(
                functions(call).hasRole(role, argument(arguments, 2), (String) argument(arguments, 1)));
    }
}
