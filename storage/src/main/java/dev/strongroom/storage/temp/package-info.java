/** What does not fit memory: files sealed under a key of this start only, and a sort that spills into them. */
@NullMarked
package dev.strongroom.storage.temp;

import org.jspecify.annotations.NullMarked;
