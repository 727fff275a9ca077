/**
 * Columns kept beyond the batch they came in, and hash tables over them: what grouping, joins and sorts are made of. Everything
 * here belongs to one execution and one thread; the operators account for its memory.
 */
@NullMarked
package dev.strongroom.sql.batch.hash;

import org.jspecify.annotations.NullMarked;
