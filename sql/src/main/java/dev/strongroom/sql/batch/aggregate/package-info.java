/**
 * Aggregates over batches: the state of all groups in arrays by group number. An aggregate without code here is fed row by row
 * through {@code sql.execute}. Results equal those of the accumulators in {@code sql.function}, to the last digit and display
 * scale.
 */
@NullMarked
package dev.strongroom.sql.batch.aggregate;

import org.jspecify.annotations.NullMarked;
