/**
 * What tests of several modules share: a simulated disk with faults, clocks and chance by seed. Test scope everywhere; the
 * tests of this module check the source tree itself.
 */
@NullMarked
package dev.strongroom.testkit;

import org.jspecify.annotations.NullMarked;
