/**
 * INSERT, UPDATE, DELETE and what they must keep true: defaults, NOT NULL, CHECK, foreign keys and their actions, ON CONFLICT,
 * RETURNING, and the second look READ COMMITTED takes at rows another transaction changed. Source rows come from a plan of
 * {@code sql.execute}; writes go to {@code storage.table}.
 */
@NullMarked
package dev.strongroom.sql.change;

import org.jspecify.annotations.NullMarked;
