/**
 * Proving a database whole: every page, the log, and what stands in them.
 */
@NullMarked
package dev.strongroom.storage.verify;

import org.jspecify.annotations.NullMarked;
