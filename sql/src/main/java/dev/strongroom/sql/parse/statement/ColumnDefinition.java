package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One column of CREATE TABLE or ADD COLUMN. {@code serial} types are kept in {@code type}; whoever executes makes the
 * sequence.
 *
 * @param collation null without a COLLATE clause
 * @param constraints in the order written
 * @param encryption ENCRYPTED WITH (…), null without one
 */
public record ColumnDefinition(
        String name,
        TypeName type,
        @Nullable ObjectName collation,
        List<ColumnConstraint> constraints,
        @Nullable ColumnEncryption encryption,
        int position) {
    public ColumnDefinition {
        constraints = List.copyOf(constraints);
    }

    /**
     * ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = k, ENCRYPTION_TYPE = DETERMINISTIC, ALGORITHM = '…').
     *
     * @param algorithm null where it was left out, which means the only one there is (AE-51)
     */
    public record ColumnEncryption(
            String key, boolean deterministic, @Nullable String algorithm, int position) {}
}
