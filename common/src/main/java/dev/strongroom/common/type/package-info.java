/**
 * PostgreSQL's types: OIDs, how a value is held in a row, text and binary input and output.
 */
@NullMarked
package dev.strongroom.common.type;

import org.jspecify.annotations.NullMarked;
