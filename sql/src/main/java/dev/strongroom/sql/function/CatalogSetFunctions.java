package dev.strongroom.sql.function;

import dev.strongroom.catalog.pgview.PrivilegeFunctions;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.PgArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Catalog functions that return rows. */
final class CatalogSetFunctions {
    private CatalogSetFunctions() {}

    static void define(Definitions to) {
        to.set(
                "aclexplode",
                (call, arguments) -> SystemCatalogFunctions.rows(
                        new PrivilegeFunctions(call.session().systemContext()).explode(strings(arguments[0])),
                        (item, row) -> {
                            row.setLong(0, item.grantor());
                            row.setLong(1, item.grantee());
                            row.setRef(2, item.privilege());
                            row.setBoolean(3, item.grantable());
                        }));
        to.set(
                "pg_options_to_table",
                (call, arguments) -> SystemCatalogFunctions.rows(strings(arguments[0]), (option, row) -> {
                    int equals = option.indexOf('=');
                    row.setRef(0, equals < 0 ? option : option.substring(0, equals));
                    row.setRef(1, equals < 0 ? null : option.substring(equals + 1));
                }));
        to.set("sr_expandarray", (call, arguments) -> {
            PgArray array = (PgArray) Objects.requireNonNull(arguments[0]);
            List<Integer> positions = new ArrayList<>();
            for (int i = 0; i < array.size(); i++) {
                positions.add(i);
            }
            PgType element = array.elementType();
            return SystemCatalogFunctions.rows(positions, (position, row) -> {
                TypeCodecs.of(element).unbox(array.elements()[position], row, 0);
                row.setLong(1, position + 1L);
            });
        });
        to.set(
                "pg_get_keywords",
                (call, arguments) -> SystemCatalogFunctions.rows(Identifiers.reservedWords(), (word, row) -> {
                    row.setRef(0, word);
                    row.setRef(1, "R");
                    row.setBoolean(2, true);
                    row.setRef(3, "reserved");
                    row.setRef(4, "can be bare label");
                }));
        to.set("pg_partition_ancestors", (call, arguments) -> into -> false);
        to.set("pg_partition_tree", (call, arguments) -> into -> false);
    }

    private static List<String> strings(@Nullable Object array) {
        List<String> strings = new ArrayList<>();
        for (Object element : ((PgArray) Objects.requireNonNull(array)).elements()) {
            if (element != null) {
                strings.add((String) element);
            }
        }
        return strings;
    }
}
