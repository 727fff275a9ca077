/**
 * PostgreSQL's types and operators in Calcite's clothes. Every expression in a rel tree has a
 * {@link dev.strongroom.sql.type.PgRelType}; every call that is not plain boolean logic carries the operator or function that
 * PostgreSQL's rules picked ({@link dev.strongroom.sql.type.PgFunction},
 * {@link dev.strongroom.sql.type.PgSpecial}). Calcite never types or coerces anything itself (decision P-6).
 */
@NullMarked
package dev.strongroom.sql.type;

import org.jspecify.annotations.NullMarked;
