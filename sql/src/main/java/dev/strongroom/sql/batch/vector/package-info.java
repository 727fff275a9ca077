/**
 * Expressions over batches of rows: {@link dev.strongroom.sql.batch.vector.VectorCompiler} turns the closures of {@code
 * sql.execute} into evaluators that work on whole {@link dev.strongroom.common.value.Vector}s. An evaluator may compute more
 * than the closure would (both arguments of a call although the first is null), so an error it meets proves nothing: the
 * operator then asks the closure itself, row by row, which decides what the rows before the error give and what the error is.
 */
@NullMarked
package dev.strongroom.sql.batch.vector;

import org.jspecify.annotations.NullMarked;
