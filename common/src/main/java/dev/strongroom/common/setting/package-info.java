/**
 * Typed settings: sizes, durations, and where a value came from.
 */
@NullMarked
package dev.strongroom.common.setting;

import org.jspecify.annotations.NullMarked;
