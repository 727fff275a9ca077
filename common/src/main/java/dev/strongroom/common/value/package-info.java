/**
 * The row form that storage, sql and protocol share: unboxed slots, and the value classes that need an object.
 */
@NullMarked
package dev.strongroom.common.value;

import org.jspecify.annotations.NullMarked;
