package dev.strongroom.sql.function;

import dev.strongroom.catalog.pgview.PrivilegeFunctions;
import dev.strongroom.common.identifier.Keywords;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Row;
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
                (call, arguments) -> SystemCatalogFunctions.rows(
                        List.copyOf(Keywords.all().keySet()), CatalogSetFunctions::keyword));
        to.set("pg_partition_ancestors", (call, arguments) -> into -> false);
        to.set("pg_partition_tree", (call, arguments) -> into -> false);
    }

    private static void keyword(String word, Row row) {
        Keywords.Kind kind = Objects.requireNonNull(Keywords.kindOf(word));
        boolean bare = Keywords.isBareLabel(word);
        row.setRef(0, word);
        switch (kind) {
            case UNRESERVED -> describe(row, "U", "unreserved");
            case COLUMN_NAME -> describe(row, "C", "unreserved (cannot be function or type name)");
            case TYPE_FUNCTION -> describe(row, "T", "reserved (can be function or type name)");
            case RESERVED -> describe(row, "R", "reserved");
        }
        row.setBoolean(2, bare);
        row.setRef(4, bare ? "can be bare label" : "requires AS");
    }

    private static void describe(Row row, String code, String description) {
        row.setRef(1, code);
        row.setRef(3, description);
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
