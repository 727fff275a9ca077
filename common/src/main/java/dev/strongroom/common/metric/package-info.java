/**
 * Counters and timers named once, read by the metrics endpoint and by SQL views.
 */
@NullMarked
package dev.strongroom.common.metric;

import org.jspecify.annotations.NullMarked;
