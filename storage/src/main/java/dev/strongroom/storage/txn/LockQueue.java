package dev.strongroom.storage.txn;

import dev.strongroom.common.error.DatabaseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Locks that are given in the order in which they were asked for, as those on tables are in PostgreSQL: who comes later waits
 * behind a request that excludes his. Otherwise nobody would ever get a table alone that others write all the time. Two go ahead:
 * who holds already what the request waits for, and who would close a circle by being polite ({@link WaitGraph}). Thread-safe.
 */
public final class LockQueue {
    private final LockTable locks;
    private final WaitGraph waits;
    private final ConcurrentHashMap<LockTable.Key, List<Request>> waiting = new ConcurrentHashMap<>();

    /** One who waits; compared by identity. */
    private static final class Request {
        final Txn txn;
        final int mode;

        Request(Txn txn, int mode) {
            this.txn = txn;
            this.mode = mode;
        }
    }

    public LockQueue(LockTable locks, WaitGraph waits) {
        this.locks = locks;
        this.waits = waits;
    }

    /**
     * Takes a lock if nobody holds one that excludes it, nor waits for one.
     *
     * @throws DatabaseException OUT_OF_MEMORY where there are too many locks already
     */
    public boolean tryAcquire(Txn txn, LockTable.Key key, int mode) {
        return ahead(txn, key, mode, null) == null && locks.acquire(txn, key, mode) == null;
    }

    /**
     * Takes a lock, waiting for those who hold one that excludes it and those who have asked for one before.
     *
     * @throws DatabaseException DEADLOCK_DETECTED, LOCK_NOT_AVAILABLE after the lock timeout, QUERY_CANCELED, OUT_OF_MEMORY
     */
    public void acquire(Txn txn, LockTable.Key key, int mode) {
        if (tryAcquire(txn, key, mode)) {
            return;
        }
        Request own = new Request(txn, mode);
        add(key, own);
        try {
            await(key, own);
        } finally {
            remove(key, own);
            txn.mayPass = false;
            // Who waits behind this request looks again.
            txn.releases = txn.releases + 1;
            waits.signal(txn);
        }
    }

    private void await(LockTable.Key key, Request own) {
        Txn txn = own.txn;
        WaitGraph.Patience patience = new WaitGraph.Patience(txn);
        while (true) {
            Txn before = txn.mayPass ? null : ahead(txn, key, own.mode, own);
            if (before != null) {
                int seen = before.releases();
                if (before == ahead(txn, key, own.mode, own)) {
                    waits.awaitTurn(txn, before, seen, patience);
                }
                continue;
            }
            Txn holder = locks.acquire(txn, key, own.mode);
            if (holder == null) {
                return;
            }
            int seen = holder.releases();
            if (locks.isInTheWay(holder, key, own.mode)) {
                waits.await(txn, holder, seen, patience);
            }
        }
    }

    /** Who has asked before for what excludes a mode. The place of who holds a lock is before those who wait for that. */
    private @Nullable Txn ahead(Txn txn, LockTable.Key key, int mode, @Nullable Request own) {
        List<Request> requests = waiting.isEmpty() ? null : waiting.get(key);
        if (requests == null) {
            return null;
        }
        for (Request request : requests) {
            boolean waitsForUs = request.txn != txn && locks.isInTheWay(txn, key, request.mode);
            if (request == own || waitsForUs) {
                return null;
            }
            if (request.txn != txn && locks.conflict(mode, request.mode)) {
                return request.txn;
            }
        }
        return null;
    }

    private void add(LockTable.Key key, Request own) {
        waiting.merge(key, List.of(own), (before, last) -> {
            List<Request> all = new ArrayList<>(before);
            all.addAll(last);
            return List.copyOf(all);
        });
    }

    private void remove(LockTable.Key key, Request own) {
        waiting.computeIfPresent(key, (same, requests) -> {
            List<Request> left =
                    requests.stream().filter(request -> request != own).toList();
            return left.isEmpty() ? null : left;
        });
    }
}
