/**
 * The key statements: maps what the parser read to the operations of {@code catalog.key}, which check rights and state. A
 * key statement runs outside any transaction of the session, as a transaction of its own on {@code master}.
 */
@NullMarked
package dev.strongroom.sql.command.key;

import org.jspecify.annotations.NullMarked;
