package dev.strongroom.sql.session;

import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.sql.function.AdvisoryLocking;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Advisory locks of all sessions. A session never waits for itself; holds add up and each needs its own unlock. There is no
 * deadlock detection among them: a wait ends with the lock, a cancel request or a statement timeout. Thread-safe.
 */
final class AdvisoryLocks {
    /** A wait looks up this often for a cancel request, which signals the flag and not the locks. */
    private static final long SLICE_NANOS = 20_000_000;

    private final Scheduler scheduler;
    private final Map<AdvisoryLocking.Key, List<Hold>> holds = new HashMap<>();

    private record Hold(Holder holder, boolean shared, boolean untilTransactionEnds) {}

    AdvisoryLocks(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** The locks of a new session. */
    Holder open(CancelFlag cancel) {
        return new Holder(cancel);
    }

    private synchronized boolean take(Holder holder, AdvisoryLocking.Key key, boolean shared, boolean transaction) {
        if (!free(holder, key, shared)) {
            return false;
        }
        holds.computeIfAbsent(key, ignored -> new ArrayList<>()).add(new Hold(holder, shared, transaction));
        return true;
    }

    private synchronized boolean free(Holder holder, AdvisoryLocking.Key key, boolean shared) {
        for (Hold hold : holds.getOrDefault(key, List.of())) {
            if (hold.holder() != holder && !(shared && hold.shared())) {
                return false;
            }
        }
        return true;
    }

    private synchronized boolean release(Holder holder, AdvisoryLocking.Key key, boolean shared) {
        List<Hold> list = holds.get(key);
        if (list == null || !list.remove(new Hold(holder, shared, false))) {
            return false;
        }
        if (list.isEmpty()) {
            holds.remove(key);
        }
        return true;
    }

    private synchronized void releaseAll(Holder holder, boolean transaction) {
        holds.values()
                .forEach(list ->
                        list.removeIf(hold -> hold.holder() == holder && hold.untilTransactionEnds() == transaction));
        holds.values().removeIf(List::isEmpty);
    }

    /** One session's locks. */
    final class Holder implements AdvisoryLocking {
        private final CancelFlag cancel;
        private boolean used;

        private Holder(CancelFlag cancel) {
            this.cancel = cancel;
        }

        @Override
        public void lock(Key key, boolean shared, boolean untilTransactionEnds) {
            while (!tryLock(key, shared, untilTransactionEnds)) {
                cancel.check();
                scheduler.await(AdvisoryLocks.this, () -> cancel.isSet() || free(this, key, shared), SLICE_NANOS);
            }
        }

        @Override
        public boolean tryLock(Key key, boolean shared, boolean untilTransactionEnds) {
            used = true;
            return take(this, key, shared, untilTransactionEnds);
        }

        @Override
        public boolean unlock(Key key, boolean shared) {
            boolean released = release(this, key, shared);
            scheduler.signal(AdvisoryLocks.this);
            return released;
        }

        @Override
        public void unlockAll() {
            end(false);
        }

        /** Releases what a transaction holds, at its end. */
        void transactionEnded() {
            end(true);
        }

        private void end(boolean transaction) {
            if (used) {
                releaseAll(this, transaction);
                scheduler.signal(AdvisoryLocks.this);
            }
        }
    }
}
