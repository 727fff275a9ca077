package dev.strongroom.sql.session;

import dev.strongroom.common.type.PgType;

/**
 * One column of a result, as RowDescription tells it.
 *
 * @param name output name
 * @param tableOid table it comes from, 0 for an expression
 * @param columnNumber attribute number in that table, 0 for an expression
 * @param typeModifier {@code atttypmod}, -1 for none
 */
public record ResultColumn(String name, int tableOid, int columnNumber, PgType type, int typeModifier) {
    /** A column of no table. */
    public static ResultColumn of(String name, PgType type) {
        return new ResultColumn(name, 0, 0, type, -1);
    }
}
