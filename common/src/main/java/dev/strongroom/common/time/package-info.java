/**
 * Time, chance and waiting, injected everywhere so that a whole engine can run in one thread by seed.
 */
@NullMarked
package dev.strongroom.common.time;

import org.jspecify.annotations.NullMarked;
