/**
 * Calcite nodes and operators for PostgreSQL syntax that Calcite has no node for. They come out of the parser and are
 * resolved or rewritten by {@code sql.validate} before Calcite's own validator sees them.
 */
@NullMarked
package dev.strongroom.sql.parse.node;

import org.jspecify.annotations.NullMarked;
