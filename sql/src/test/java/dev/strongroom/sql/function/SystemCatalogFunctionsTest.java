package dev.strongroom.sql.function;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SystemCatalogFunctionsTest {
    @Test
    void functionsClientsAskForAreRegistered() {
        for (String name : new String[] {
            "format_type", "pg_get_constraintdef", "pg_get_indexdef", "pg_get_expr", "pg_table_is_visible",
            "has_table_privilege", "current_schemas", "obj_description", "_pg_expandarray", "aclexplode"
        }) {
            assertThat(FunctionRegistry.builtIn().functions(name)).as(name).isNotEmpty();
        }
        assertThat(FunctionRegistry.builtIn().functions("has_column_privilege")).hasSize(12);
    }
}
