/** Time and threads owned by a seed: one thread runs at a time, and the seed says which. */
@NullMarked
package dev.strongroom.testkit.time;

import org.jspecify.annotations.NullMarked;
