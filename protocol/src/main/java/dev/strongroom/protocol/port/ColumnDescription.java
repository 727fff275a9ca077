package dev.strongroom.protocol.port;

import dev.strongroom.common.type.PgType;

/**
 * One column of a result.
 *
 * @param tableOid table it comes from, 0 for an expression
 * @param columnNumber attribute number in that table, 0 for an expression
 * @param typeModifier {@code atttypmod}, -1 for none
 */
public record ColumnDescription(String name, int tableOid, int columnNumber, PgType type, int typeModifier) {}
