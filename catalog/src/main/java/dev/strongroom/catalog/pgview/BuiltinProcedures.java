package dev.strongroom.catalog.pgview;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's built-in functions by OID and name. */
final class BuiltinProcedures {
    /**
     * A row of {@code pg_proc}, as far as its text forms need it.
     *
     * @param allArguments {@code proallargtypes}, or the input arguments
     * @param modes {@code proargmodes}, empty where all are input
     */
    record Entry(
            int oid,
            String name,
            String kind,
            boolean returnsSet,
            int result,
            int variadic,
            List<Integer> arguments,
            List<Integer> allArguments,
            List<String> modes,
            List<String> names) {}

    private static final Map<Integer, Entry> BY_OID = new HashMap<>();
    private static final Map<String, List<Entry>> BY_NAME = new HashMap<>();

    static {
        ResourceTable table = ResourceTable.load("pg_proc");
        List<String> columns = table.columns();
        for (List<@Nullable String> row : table.rows()) {
            List<Integer> arguments = numbers(row.get(columns.indexOf("proargtypes")));
            List<Integer> all = numbers(row.get(columns.indexOf("proallargtypes")));
            Entry entry = new Entry(
                    Integer.parseInt(row.get(columns.indexOf("oid"))),
                    row.get(columns.indexOf("proname")),
                    row.get(columns.indexOf("prokind")),
                    "t".equals(row.get(columns.indexOf("proretset"))),
                    Integer.parseInt(row.get(columns.indexOf("prorettype"))),
                    Integer.parseInt(row.get(columns.indexOf("provariadic"))),
                    arguments,
                    all.isEmpty() ? arguments : all,
                    words(row.get(columns.indexOf("proargmodes"))),
                    words(row.get(columns.indexOf("proargnames"))));
            BY_OID.put(entry.oid(), entry);
            BY_NAME.computeIfAbsent(entry.name(), ignored -> new ArrayList<>()).add(entry);
        }
    }

    private BuiltinProcedures() {}

    static @Nullable Entry byOid(int oid) {
        return BY_OID.get(oid);
    }

    /** Overloads of a name, empty if there is none. */
    static List<Entry> named(String name) {
        return BY_NAME.getOrDefault(name, List.of());
    }

    private static List<Integer> numbers(@Nullable String text) {
        return words(text).stream().map(Integer::valueOf).toList();
    }

    private static List<String> words(@Nullable String text) {
        if (text == null) {
            return List.of();
        }
        String inner = text.startsWith("{") ? text.substring(1, text.length() - 1) : text;
        List<String> words = new ArrayList<>();
        for (String word : inner.split("[ ,]")) {
            if (!word.isEmpty()) {
                words.add(word.equals("\"\"") ? "" : word);
            }
        }
        return words;
    }
}
