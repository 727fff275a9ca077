/** Chance that can be repeated: seeds, and the base of tests that use one. */
@NullMarked
package dev.strongroom.testkit.random;

import org.jspecify.annotations.NullMarked;
