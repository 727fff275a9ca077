package dev.strongroom.catalog.store;

import dev.strongroom.common.identifier.Keywords;

/** Identifiers as SQL text: PostgreSQL's {@code quote_identifier}. */
public final class Identifiers {
    private Identifiers() {}

    /** The name, in double quotes where it needs them. */
    public static String quote(String name) {
        return needsQuotes(name) ? '"' + name.replace("\"", "\"\"") + '"' : name;
    }

    /** {@code schema.name} with quotes where needed. */
    public static String qualified(String schema, String name) {
        return quote(schema) + "." + quote(name);
    }

    private static boolean needsQuotes(String name) {
        Keywords.Kind keyword = Keywords.kindOf(name);
        if (name.isEmpty() || (keyword != null && keyword != Keywords.Kind.UNRESERVED)) {
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
