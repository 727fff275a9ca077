/** Plain values to bytes and back: the normal form that is encrypted (rule versions 1 and 2). */
@NullMarked
package dev.strongroom.client.value;

import org.jspecify.annotations.NullMarked;
