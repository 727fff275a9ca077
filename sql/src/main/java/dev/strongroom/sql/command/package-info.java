/**
 * Utility statements: one file per family, each turning its statement record into changes of the catalog and storage through
 * {@link dev.strongroom.sql.command.CommandSession}, which the session implements. {@code Commands} dispatches.
 */
@NullMarked
package dev.strongroom.sql.command;

import org.jspecify.annotations.NullMarked;
