/**
 * PostgreSQL's types: OIDs, how a value is held in a row, text and binary input and output. Bytes from a client or a COPY
 * file go through {@code TypeCodecs.of(type)} into a row's slot, then {@code Typmods} fits them to the column; slots go back
 * through the same codec into a {@code ByteSink}, which the protocol lays over its pooled buffers.
 */
@NullMarked
package dev.strongroom.common.type;

import org.jspecify.annotations.NullMarked;
