/**
 * What every module shares and none owns: values and their PostgreSQL types, errors with SQLSTATE, settings, clocks and
 * chance, bytes, and the seam to the disk. Knows no database; depends on nothing of ours.
 */
@NullMarked
package dev.strongroom.common;

import org.jspecify.annotations.NullMarked;
