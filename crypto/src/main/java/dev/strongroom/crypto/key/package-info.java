/**
 * Key bytes and the primitives over them. A key lives in a {@link dev.strongroom.crypto.key.KeyBuffer} outside the heap
 * and meets the JDK's provider only as a temporary that is overwritten; HKDF, XAES and MACs are written on top of the
 * provider named SunJCE, never on whichever comes first.
 */
@NullMarked
package dev.strongroom.crypto.key;

import org.jspecify.annotations.NullMarked;
