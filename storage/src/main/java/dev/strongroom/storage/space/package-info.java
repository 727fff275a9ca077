/**
 * Which pages are in use. Allocation bitmaps sit at fixed page numbers and are ordinary logged pages; a structure change
 * carries its allocations and frees in its own log record, so no page is ever lost or owned twice.
 */
@NullMarked
package dev.strongroom.storage.space;

import org.jspecify.annotations.NullMarked;
