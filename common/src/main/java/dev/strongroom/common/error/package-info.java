/**
 * Errors and notices as PostgreSQL clients see them: one exception, one report, one table of SQLSTATEs.
 */
@NullMarked
package dev.strongroom.common.error;

import org.jspecify.annotations.NullMarked;
