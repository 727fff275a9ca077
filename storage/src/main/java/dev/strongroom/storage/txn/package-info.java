/**
 * Transactions over trees: ids and commit timestamps, snapshots, older versions of rows in memory, locks, waiting and deadlocks,
 * undo at run time and after a crash. The newest version of a row is on its page with its writer's id; a writer is the lock.
 * A change goes {@link dev.strongroom.storage.txn.RowStore} → tree → log; a commit is one log record, and visible once that
 * record is durable.
 */
@NullMarked
package dev.strongroom.storage.txn;

import org.jspecify.annotations.NullMarked;
