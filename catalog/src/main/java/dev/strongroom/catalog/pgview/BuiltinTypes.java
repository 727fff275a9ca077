package dev.strongroom.catalog.pgview;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's built-in types by OID and name, those included that the server has no values of. */
final class BuiltinTypes {
    /** A row of {@code pg_type}. */
    record Entry(int oid, String name, int element, int array, String kind) {}

    /** SQL's names for types, beside the internal ones. */
    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("boolean", "bool"),
            Map.entry("smallint", "int2"),
            Map.entry("integer", "int4"),
            Map.entry("int", "int4"),
            Map.entry("bigint", "int8"),
            Map.entry("real", "float4"),
            Map.entry("double precision", "float8"),
            Map.entry("float", "float8"),
            Map.entry("decimal", "numeric"),
            Map.entry("dec", "numeric"),
            Map.entry("character varying", "varchar"),
            Map.entry("char varying", "varchar"),
            Map.entry("character", "bpchar"),
            Map.entry("char", "bpchar"),
            Map.entry("\"char\"", "char"),
            Map.entry("timestamp without time zone", "timestamp"),
            Map.entry("timestamp with time zone", "timestamptz"),
            Map.entry("time without time zone", "time"),
            Map.entry("time with time zone", "timetz"),
            Map.entry("bit varying", "varbit"));

    private static final Map<Integer, Entry> BY_OID = new HashMap<>();
    private static final Map<String, Entry> BY_NAME = new HashMap<>();

    static {
        ResourceTable table = ResourceTable.load("pg_type");
        List<String> columns = table.columns();
        for (List<String> row : table.rows()) {
            Entry entry = new Entry(
                    Integer.parseInt(row.get(columns.indexOf("oid"))),
                    row.get(columns.indexOf("typname")),
                    Integer.parseInt(row.get(columns.indexOf("typelem"))),
                    Integer.parseInt(row.get(columns.indexOf("typarray"))),
                    row.get(columns.indexOf("typtype")));
            BY_OID.put(entry.oid(), entry);
            BY_NAME.put(entry.name(), entry);
        }
    }

    private BuiltinTypes() {}

    static @Nullable Entry byOid(int oid) {
        return BY_OID.get(oid);
    }

    /** OID of a type as SQL writes it: aliases, modifiers, {@code []}, {@code pg_catalog.} allowed. */
    static OptionalInt parse(String text) {
        String name = text.strip();
        boolean array = false;
        while (name.endsWith("]")) {
            int open = name.lastIndexOf('[');
            if (open < 0) {
                return OptionalInt.empty();
            }
            array = true;
            name = name.substring(0, open).strip();
        }
        Entry entry = scalar(name);
        if (entry == null) {
            return OptionalInt.empty();
        }
        if (!array) {
            return OptionalInt.of(entry.oid());
        }
        return entry.array() == 0 ? OptionalInt.empty() : OptionalInt.of(entry.array());
    }

    private static @Nullable Entry scalar(String text) {
        String lower = text.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        String bare = lower.startsWith("pg_catalog.") ? lower.substring("pg_catalog.".length()) : lower;
        String unmodified = bare.replaceAll("\\s*\\([^)]*\\)", "");
        if (unmodified.startsWith("interval ")) {
            unmodified = "interval";
        }
        if (text.startsWith("pg_catalog.") && unmodified.equals("char")) {
            return BY_NAME.get("char");
        }
        String internal = ALIASES.get(unmodified);
        if (internal != null) {
            return BY_NAME.get(internal);
        }
        boolean quoted = unmodified.length() > 2 && unmodified.startsWith("\"") && unmodified.endsWith("\"");
        return BY_NAME.get(quoted ? unmodified.substring(1, unmodified.length() - 1) : unmodified);
    }
}
