/**
 * Files on a real disk, and what happens when the disk fails: a database stops at once and recovers at the next start.
 */
@NullMarked
package dev.strongroom.storage.file;

import org.jspecify.annotations.NullMarked;
