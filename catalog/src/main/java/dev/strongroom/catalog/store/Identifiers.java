package dev.strongroom.catalog.store;

import java.util.List;
import java.util.Set;

/** Identifiers as SQL text: PostgreSQL's {@code quote_identifier}. */
public final class Identifiers {
    /** Keywords that are not unreserved in PostgreSQL 15: they need quotes as names. */
    private static final Set<String> QUOTED = Set.of(
            ("all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both "
                            + "case cast char character check coalesce collate collation column concurrently constraint "
                            + "create cross current_catalog current_date current_role current_schema current_time "
                            + "current_timestamp current_user dec decimal default deferrable desc distinct do else end "
                            + "except exists extract false fetch float for foreign freeze from full grant greatest group "
                            + "grouping having ilike in initially inner inout int integer intersect interval into is "
                            + "isnull join lateral leading least left like limit localtime localtimestamp national "
                            + "natural nchar none normalize not notnull null nullif numeric offset on only or order out "
                            + "outer overlaps overlay placing position precision primary real references returning "
                            + "right row select session_user setof similar smallint some substring symmetric table "
                            + "tablesample then time timestamp to trailing treat trim true union unique user using "
                            + "values varchar variadic verbose when where window with xmlattributes xmlconcat "
                            + "xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable")
                    .split(" "));

    private Identifiers() {}

    /** Words that cannot be bare names everywhere, sorted. */
    public static List<String> reservedWords() {
        return QUOTED.stream().sorted().toList();
    }

    /** The name, in double quotes where it needs them. */
    public static String quote(String name) {
        return needsQuotes(name) ? '"' + name.replace("\"", "\"\"") + '"' : name;
    }

    /** {@code schema.name} with quotes where needed. */
    public static String qualified(String schema, String name) {
        return quote(schema) + "." + quote(name);
    }

    private static boolean needsQuotes(String name) {
        if (name.isEmpty() || QUOTED.contains(name)) {
            return true;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || c == '_';
            boolean digit = c >= '0' && c <= '9' && i > 0;
            if (!letter && !digit) {
                return true;
            }
        }
        return false;
    }
}
