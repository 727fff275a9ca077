/**
 * The whole engine in simulation: sessions, background steps, disk faults and crashes by seed, every answer compared with a
 * model (storage design, section 11).
 */
@NullMarked
package dev.strongroom.storage.simulation;

import org.jspecify.annotations.NullMarked;
