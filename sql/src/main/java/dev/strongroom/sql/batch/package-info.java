/**
 * Execution in batches: scans, filters, projections, aggregates, joins and sorts over columns in primitive arrays, for whatever
 * reads many rows. {@link dev.strongroom.sql.batch.BatchPlans} looks at each finished node of {@code sql.execute} and wraps the
 * ones that can run this way in a {@link dev.strongroom.sql.batch.BatchNode}, which is a row-style node to everybody else;
 * between two of them batches flow, elsewhere rows. Whether a node really runs in batches is decided when it is opened, by the
 * size of the tables under it. Results and errors are those of the row-style nodes: an operator that meets an error delivers
 * the rows before it first, and asks the closures which row and which error that is.
 */
@NullMarked
package dev.strongroom.sql.batch;

import org.jspecify.annotations.NullMarked;
