package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A possibly qualified name, lower-cased and truncated as PostgreSQL does.
 *
 * @param parts one to three parts: [database.][schema.]name
 * @param position 1-based character position of the name in the statement text
 */
public record ObjectName(List<String> parts, int position) {
    public ObjectName {
        parts = List.copyOf(parts);
    }

    public static ObjectName of(String... parts) {
        return new ObjectName(List.of(parts), 0);
    }

    /** The object's own name. */
    public String name() {
        return parts.get(parts.size() - 1);
    }

    /** The schema, null where none was written. */
    public @Nullable String schema() {
        return parts.size() < 2 ? null : parts.get(parts.size() - 2);
    }

    /** The database, null where none was written. */
    public @Nullable String database() {
        return parts.size() < 3 ? null : parts.get(parts.size() - 3);
    }

    @Override
    public String toString() {
        return String.join(".", parts);
    }
}
