package dev.strongroom.protocol.port;

import dev.strongroom.common.type.PgType;
import org.jspecify.annotations.Nullable;

/**
 * One column of a result.
 *
 * @param tableOid table it comes from, 0 for an expression
 * @param columnNumber attribute number in that table, 0 for an expression
 * @param typeModifier {@code atttypmod}, -1 for none
 * @param cell how it is encrypted, null where it is not or the client does not speak the extension
 */
public record ColumnDescription(
        String name,
        int tableOid,
        int columnNumber,
        PgType type,
        int typeModifier,
        @Nullable ColumnCell cell) {
    /** A column that is not encrypted. */
    public ColumnDescription(String name, int tableOid, int columnNumber, PgType type, int typeModifier) {
        this(name, tableOid, columnNumber, type, typeModifier, null);
    }
}
