package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.common.type.PgType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** PostgreSQL 15's own relations in {@code pg_catalog}: OIDs, columns, types. */
final class SystemTables {
    private final Map<String, SystemTable> byName = new LinkedHashMap<>();

    SystemTables() {
        for (List<String> row : ResourceTable.load("relations").rows()) {
            SystemTable table = new SystemTable(
                    Integer.parseInt(row.get(0)),
                    Schema.PG_CATALOG,
                    row.get(2),
                    row.get(1).charAt(0),
                    columns(row.get(4)),
                    Integer.parseInt(row.get(3)));
            byName.put(table.name(), table);
        }
    }

    Map<String, SystemTable> byName() {
        return byName;
    }

    SystemTable get(String name) {
        return Objects.requireNonNull(byName.get(name), name);
    }

    /** Columns written as {@code name type[!]}, separated by commas; {@code !} means NOT NULL. */
    static List<Column> columns(String text) {
        List<Column> columns = new ArrayList<>();
        for (String part : text.split(",")) {
            int space = part.indexOf(' ');
            boolean notNull = part.endsWith("!");
            String type = part.substring(space + 1, notNull ? part.length() - 1 : part.length());
            columns.add(
                    Column.of(columns.size() + 1, part.substring(0, space), ColumnType.of(typeNamed(type)), notNull));
        }
        return columns;
    }

    /** The type, or text for the few the server does not have (inet, pg_lsn). */
    private static PgType typeNamed(String name) {
        return name.equals("anyarray")
                ? PgType.TEXT
                : PgType.byName(name)
                        .orElse(name.startsWith("_") ? PgType.byName("_text").orElseThrow() : PgType.TEXT);
    }
}
