/**
 * What ANALYZE finds out about tables: row counts, and for each column the share of nulls, distinct values, most common values
 * and a histogram. {@link dev.strongroom.catalog.statistics.Analyzer} samples a table,
 * {@link dev.strongroom.catalog.statistics.StatisticsStore} keeps the result in a system tree and in memory, the planner and
 * {@code pg_stats} read it.
 */
@NullMarked
package dev.strongroom.catalog.statistics;

import org.jspecify.annotations.NullMarked;
