/** Sampling and keeping of statistics. */
@NullMarked
package dev.strongroom.catalog.statistics;

import org.jspecify.annotations.NullMarked;
