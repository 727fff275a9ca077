/**
 * Bringing a database back after a crash, and keeping that short: {@link dev.strongroom.storage.recovery.Recovery} repairs torn
 * pages, redoes the log, undoes transactions that lost; the {@link dev.strongroom.storage.recovery.Checkpointer} moves the point
 * from which that starts.
 */
@NullMarked
package dev.strongroom.storage.recovery;

import org.jspecify.annotations.NullMarked;
