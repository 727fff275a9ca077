/**
 * Text to statements. {@link dev.strongroom.sql.parse.SqlTextParser} runs the lexer over the client's text and yields one
 * record of {@code sql.parse.statement} after another; queries and expressions inside them are Calcite nodes (with those of
 * {@code sql.parse.node} where Calcite has none). Nothing here knows a catalog: names are lower-cased and truncated, not
 * resolved. Every position is {@code SqlParserPos(1, p, 1, q)} where p is the 1-based character position in the whole text.
 */
@NullMarked
package dev.strongroom.sql.parse;

import org.jspecify.annotations.NullMarked;
