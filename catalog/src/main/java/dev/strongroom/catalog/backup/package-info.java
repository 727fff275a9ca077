/**
 * BACKUP and RESTORE: rights, keys, media sets, and which databases there are afterwards. {@code storage.backup} moves the
 * bytes. A database is restored under a number of its own and takes its name in one step at the end, so that nothing half
 * restored ever opens and a database that is replaced stays until its successor is there.
 */
@NullMarked
package dev.strongroom.catalog.backup;

import org.jspecify.annotations.NullMarked;
