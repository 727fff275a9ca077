/**
 * What a client can say: one sealed hierarchy of records under {@link dev.strongroom.sql.parse.statement.Statement}. The
 * parser builds them, the session dispatches on them with exhaustive switches. Queries and expressions are Calcite nodes.
 */
@NullMarked
package dev.strongroom.sql.parse.statement;

import org.jspecify.annotations.NullMarked;
