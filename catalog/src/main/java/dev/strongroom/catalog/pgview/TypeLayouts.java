package dev.strongroom.catalog.pgview;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How PostgreSQL lays values of a type out, as its catalogs show it. */
final class TypeLayouts {
    /** {@code typlen}, {@code typbyval}, {@code typalign}, {@code typstorage}. */
    record Layout(int length, boolean byValue, char align, char storage) {}

    private static final Layout VARYING = new Layout(-1, false, 'i', 'x');
    private static final Map<Integer, Layout> LAYOUTS = read();

    private TypeLayouts() {}

    static Layout of(int typeOid) {
        return LAYOUTS.getOrDefault(typeOid, VARYING);
    }

    private static Map<Integer, Layout> read() {
        ResourceTable table = ResourceTable.load("pg_type");
        List<String> columns = table.columns();
        Map<Integer, Layout> layouts = new HashMap<>();
        for (List<String> row : table.rows()) {
            layouts.put(
                    Integer.valueOf(row.get(columns.indexOf("oid"))),
                    new Layout(
                            Integer.parseInt(row.get(columns.indexOf("typlen"))),
                            row.get(columns.indexOf("typbyval")).equals("t"),
                            row.get(columns.indexOf("typalign")).charAt(0),
                            row.get(columns.indexOf("typstorage")).charAt(0)));
        }
        return layouts;
    }
}
