/**
 * An in-memory database with the same contract as the engine: the reference that the engine is compared with, and what tests
 * of the layers above run on. One monitor guards everything; clarity before speed.
 */
@NullMarked
package dev.strongroom.storage.model;

import org.jspecify.annotations.NullMarked;
