/**
 * The key tool {@code strongroom keys}: makes, signs and rotates column master keys and column encryption keys, and
 * encrypts columns in place. Only the package description exists so far.
 */
@NullMarked
package dev.strongroom.keys;

import org.jspecify.annotations.NullMarked;
