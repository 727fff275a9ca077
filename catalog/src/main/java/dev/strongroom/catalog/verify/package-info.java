/**
 * Proving what the catalog describes: every table against each of its indexes, in both directions, large values included.
 */
@NullMarked
package dev.strongroom.catalog.verify;

import org.jspecify.annotations.NullMarked;
