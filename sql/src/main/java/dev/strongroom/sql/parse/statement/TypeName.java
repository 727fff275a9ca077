package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A type as written. SQL's own spellings are turned into PostgreSQL's names by the parser: {@code integer} is
 * {@code pg_catalog.int4}, {@code double precision} {@code pg_catalog.float8}, {@code char(3)} {@code pg_catalog.bpchar}.
 *
 * @param parts name with optional schema
 * @param modifiers what stood in parentheses; for interval PostgreSQL's range mask, then the precision
 * @param arrayDimensions number of {@code []}
 * @param position 1-based character position in the statement text
 */
public record TypeName(List<String> parts, List<Integer> modifiers, int arrayDimensions, int position) {
    /** PostgreSQL's INTERVAL_FULL_RANGE: no fields were written. */
    public static final int FULL_RANGE = 0x7FFF;

    public TypeName {
        parts = List.copyOf(parts);
        modifiers = List.copyOf(modifiers);
    }

    /** A type of pg_catalog without modifiers. */
    public static TypeName system(String name, int position) {
        return new TypeName(List.of("pg_catalog", name), List.of(), 0, position);
    }

    public String name() {
        return parts.get(parts.size() - 1);
    }

    public @Nullable String schema() {
        return parts.size() < 2 ? null : parts.get(parts.size() - 2);
    }

    public TypeName withArrayDimensions(int dimensions) {
        return new TypeName(parts, modifiers, dimensions, position);
    }

    /** As {@code format_type} would roughly write it: for messages and unparsing. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.join(".", parts));
        if (!modifiers.isEmpty()) {
            text.append('(');
            for (int i = 0; i < modifiers.size(); i++) {
                text.append(i == 0 ? "" : ",").append(modifiers.get(i));
            }
            text.append(')');
        }
        text.append("[]".repeat(arrayDimensions));
        return text.toString();
    }
}
