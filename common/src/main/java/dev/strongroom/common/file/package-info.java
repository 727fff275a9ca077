/**
 * The seam to the disk. {@code storage.file} implements it on real files, the test kit on simulated ones.
 */
@NullMarked
package dev.strongroom.common.file;

import org.jspecify.annotations.NullMarked;
