package dev.strongroom.sql.parse.statement;

import org.apache.calcite.sql.SqlNode;

/**
 * A scalar expression inside a definition (DEFAULT, CHECK, index key).
 *
 * @param node its tree
 * @param text its source text, for the catalog
 */
public record Expression(SqlNode node, String text) {}
