package dev.strongroom.catalog.pgview;

import dev.strongroom.common.type.PgType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Default B-tree operator classes by type. */
final class OperatorClasses {
    static final int BTREE = 403;
    private static final int ARRAY_OPS = 397;
    private static final Map<Integer, Integer> DEFAULTS = read();

    private OperatorClasses() {}

    /** OID of the default B-tree operator class of a type, 0 where it has none. */
    static int btree(PgType type) {
        if (type.name().equals("varchar")) {
            return btree(PgType.TEXT);
        }
        return DEFAULTS.getOrDefault(type.oid(), type.isArray() ? ARRAY_OPS : 0);
    }

    private static Map<Integer, Integer> read() {
        ResourceTable table = ResourceTable.load("pg_opclass");
        List<String> columns = table.columns();
        int oid = columns.indexOf("oid");
        int method = columns.indexOf("opcmethod");
        int type = columns.indexOf("opcintype");
        int isDefault = columns.indexOf("opcdefault");
        Map<Integer, Integer> defaults = new HashMap<>();
        for (List<String> row : table.rows()) {
            if (row.get(method).equals(Integer.toString(BTREE))
                    && row.get(isDefault).equals("t")) {
                defaults.put(Integer.valueOf(row.get(type)), Integer.valueOf(row.get(oid)));
            }
        }
        return defaults;
    }
}
