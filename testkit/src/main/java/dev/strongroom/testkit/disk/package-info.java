/**
 * A disk in memory that loses what was not synced, tears writes, runs full and lies, by seed, and remembers which of these it
 * did.
 */
@NullMarked
package dev.strongroom.testkit.disk;

import org.jspecify.annotations.NullMarked;
