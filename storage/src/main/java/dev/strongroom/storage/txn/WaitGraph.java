package dev.strongroom.storage.txn;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.Scheduler;

/**
 * Who waits for whom. A transaction waits for one other at a time, so a deadlock is a cycle of single steps; it is looked for
 * before each wait, and the one that would close it gets 40P01. Where somebody in the cycle waits for his turn only, he is told
 * to go ahead instead, as PostgreSQL rearranges its queues. Thread-safe.
 */
public final class WaitGraph {
    /** A wait looks up this often: for a cancel request, or a release that came just before it began. */
    private static final long SLICE_NANOS = 20_000_000;

    private final Scheduler scheduler;

    public WaitGraph(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** One lock request's patience. */
    public static final class Patience {
        private long remainingNanos;

        public Patience(Txn txn) {
            remainingNanos = txn.lockTimeoutNanos;
        }
    }

    /**
     * Waits a while for another transaction to end, or to give something up after {@code seenReleases} was read. The caller
     * holds no latch and no mutex and looks again at what it wanted.
     *
     * @throws DatabaseException DEADLOCK_DETECTED, LOCK_NOT_AVAILABLE after the lock timeout, QUERY_CANCELED
     */
    public void await(Txn waiter, Txn holder, int seenReleases, Patience patience) {
        await(waiter, holder, seenReleases, patience, false);
    }

    /** As {@link #await}, for one who has asked for a lock before; ends as well when the waiter is to go ahead. */
    void awaitTurn(Txn waiter, Txn before, int seenReleases, Patience patience) {
        await(waiter, before, seenReleases, patience, true);
    }

    private void await(Txn waiter, Txn holder, int seenReleases, Patience patience, boolean forTurn) {
        waiter.cancel.check();
        enter(waiter, holder, forTurn);
        try {
            if (patience.remainingNanos <= 0) {
                throw new DatabaseException(ErrorCode.LOCK_NOT_AVAILABLE, "canceling statement due to lock timeout");
            }
            long slice = Math.min(SLICE_NANOS, patience.remainingNanos);
            boolean freed = scheduler.await(
                    holder,
                    () -> holder.isOutOfTheWay()
                            || holder.releases != seenReleases
                            || waiter.cancel.isSet()
                            || forTurn && waiter.mayPass,
                    slice);
            if (!freed && patience.remainingNanos != Long.MAX_VALUE) {
                patience.remainingNanos -= slice;
            }
            waiter.cancel.check();
        } finally {
            leave(waiter, holder);
        }
    }

    private synchronized void enter(Txn waiter, Txn holder, boolean forTurn) {
        Txn polite = forTurn ? waiter : null;
        for (Txn next = holder; next != null; next = next.goesAhead() ? null : next.waitsFor) {
            if (next == waiter && polite != null) {
                letPass(polite);
                break;
            }
            if (next == waiter) {
                throw ErrorReport.error(ErrorCode.DEADLOCK_DETECTED, "deadlock detected")
                        .withDetail("Transaction " + waiter.id + " waits for transaction " + holder.id
                                + "; blocked by transaction " + waiter.id + ".")
                        .withHint("See server log for query details.")
                        .exception();
            }
            polite = polite == null && next.waitsForTurn ? next : polite;
        }
        waiter.waitsForTurn = forTurn;
        waiter.waitsFor = holder;
        holder.awaitedBy++;
    }

    private synchronized void leave(Txn waiter, Txn holder) {
        holder.awaitedBy--;
        waiter.waitsFor = null;
        waiter.waitsForTurn = false;
    }

    private void letPass(Txn polite) {
        polite.mayPass = true;
        Txn before = polite.waitsFor;
        if (before != null) {
            scheduler.signal(before);
        }
    }

    /** Waits a while for what nobody announces. The caller holds no latch and no mutex. */
    void pause() {
        scheduler.await(this, () -> false, SLICE_NANOS);
    }

    /** Wakes those who wait for a transaction. Who comes just now looks at it after it is counted. */
    void signal(Txn txn) {
        if (txn.awaitedBy > 0) {
            scheduler.signal(txn);
        }
    }
}
