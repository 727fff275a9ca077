/**
 * Text to plan to rows: parse, validate, plan, execute, change, command and the session that joins them.
 */
@NullMarked
package dev.strongroom.sql;

import org.jspecify.annotations.NullMarked;
