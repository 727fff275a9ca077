/**
 * The key tool {@code strongroom keys}: makes, signs and rotates column master keys and column encryption keys,
 * encrypts columns of tables that exist, checks cells, moves CSV files into encrypted columns and out of them (AE-47,
 * AE-150 … AE-155, AE-158). It runs where the keys are, never where the database is. What it changes in a database it
 * shows first, as DDL; that DDL in a file is what joins the two halves of role separation (AE-9): who holds keys writes
 * it, who administers the database runs it.
 */
@NullMarked
package dev.strongroom.keys;

import org.jspecify.annotations.NullMarked;
