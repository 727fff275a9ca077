/**
 * Reading and writing bytes in the formats of files and wire; checksums.
 */
@NullMarked
package dev.strongroom.common.bytes;

import org.jspecify.annotations.NullMarked;
