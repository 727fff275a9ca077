package dev.strongroom.storage.txn;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Completion;
import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.log.ActiveTransactions;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.log.RecordKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Begins, commits and ends the transactions of one database and says what a snapshot sees. A snapshot is a read timestamp, the
 * highest one that is durable with all before it, and the lowest transaction id it may not see (decision S-16). Thread-safe.
 */
public final class Transactions implements ActiveTransactions {
    /** What a transaction's last record takes, alone in a block. */
    private static final int END_RECORD = 8 * 1024;

    private final LogStream log;
    private final Clock clock;
    private final Scheduler scheduler;
    private final WaitGraph waits;
    private final VersionChains chains;
    private final Mutex committing;
    /** By id: writers that some snapshot may still not see. */
    private final ConcurrentHashMap<Long, Txn> writers = new ConcurrentHashMap<>();

    // Guarded by this: held for a few instructions, never across a wait.
    private final TreeMap<Long, Txn> active = new TreeMap<>();
    private final Set<Txn> reading = new HashSet<>();
    private final PriorityQueue<Txn> committed = new PriorityQueue<>(Comparator.comparingLong(txn -> txn.commitTime));
    private long nextId = 1;
    private volatile long visibleTime = 1;
    private volatile long nextTime = 2;

    Transactions(LogStream log, Clock clock, Scheduler scheduler, WaitGraph waits, VersionChains chains) {
        this.log = log;
        this.clock = clock;
        this.scheduler = scheduler;
        this.waits = waits;
        this.chains = chains;
        this.committing = new Mutex(scheduler);
    }

    /** Continues where the counters of the log ended. */
    public synchronized void open(long transactionId, long timestamp) {
        nextId = Math.max(1, transactionId);
        nextTime = Math.max(2, timestamp);
        visibleTime = nextTime - 1;
    }

    public synchronized long nextId() {
        return nextId;
    }

    public long nextTime() {
        return nextTime;
    }

    public Txn begin(CancelFlag cancel, long lockTimeoutNanos, boolean serializable) {
        return new Txn(cancel, lockTimeoutNanos, serializable);
    }

    /** Gives a transaction a snapshot of now. */
    public synchronized void snapshot(Txn txn) {
        txn.snapshot = new Snapshot(visibleTime, active.isEmpty() ? nextId : active.firstKey());
        if (txn.openCursors == 0 || txn.horizon == Long.MAX_VALUE) {
            txn.horizon = visibleTime;
        }
        reading.add(txn);
    }

    /** Gives a transaction an id, before its first log record. */
    public void assignId(Txn txn) {
        if (txn.id != 0) {
            return;
        }
        synchronized (this) {
            txn.startLsn = log.endLsn();
            txn.id = nextId++;
            active.put(txn.id, txn);
            writers.put(txn.id, txn);
        }
        owe(txn, END_RECORD);
    }

    /** Has the log keep room for a record that undoes or ends the transaction, or no longer. */
    void owe(Txn txn, long bytes) {
        txn.owed += bytes;
        log.owe(bytes);
    }

    /** A writer that has not ended, other than the transaction itself. */
    @Nullable
    Txn liveOther(Txn txn, long writer) {
        if (writer == txn.id || writer < txn.snapshot.lowestInvisible()) {
            return null;
        }
        Txn found = writers.get(writer);
        if (found == null) {
            return null;
        }
        if (!found.ended) {
            return found;
        }
        Txn known = txn.dependsOn;
        if (found.commitTime > visibleTime && (known == null || found.commitTime > known.commitTime)) {
            txn.dependsOn = found;
        }
        return null;
    }

    /** Whether a snapshot of the transaction sees what a writer wrote, or wrote it itself. */
    boolean sees(Txn txn, Snapshot snapshot, long writer) {
        if (writer < snapshot.lowestInvisible() || writer == txn.id) {
            return true;
        }
        Txn found = writers.get(writer);
        if (found == null) {
            return true;
        }
        long time = found.commitTime;
        return time != Txn.NONE && time <= snapshot.time();
    }

    /** Whether every snapshot there is or will be sees what a writer wrote. */
    boolean seenByAll(long writer) {
        Txn found = writers.get(writer);
        return found == null;
    }

    /**
     * Logs a commit, lets go of the rows, and waits until it is durable; then it is visible, and locks taken for themselves
     * are given up. Under {@link NoWait} that comes later: the try is left a completion.
     *
     * @param visible run when others see it, perhaps by the log's thread; not for a transaction that wrote nothing
     * @throws DatabaseException SERIALIZATION_FAILURE; the caller rolls back
     */
    void commit(Txn txn, Runnable visible) {
        if (txn.id == 0) {
            settle(txn);
            end(txn);
            return;
        }
        long lsn = logCommit(txn);
        // Whoever changes the same rows now commits behind this one in the same log (controlled lock violation: Graefe
        // et
        // al., SIGMOD 2013). Who only looks at them waits for it in settle or at its own end.
        txn.commitLsn = lsn;
        txn.ended = true;
        released(txn);
        NoWait trying = NoWait.current();
        if (trying == null) {
            log.durable(lsn);
            publish(txn, visible);
            return;
        }
        Completion done = new Completion();
        log.whenDurable(lsn, failure -> {
            if (failure == null) {
                publish(txn, visible);
            }
            done.complete(failure);
        });
        trying.defer(done);
    }

    /** Waits until all that a transaction went by is durable and visible, before what it saw is shown to anybody. */
    public void settle(Txn txn) {
        Txn last = txn.dependsOn;
        if (last == null || last.commitTime <= visibleTime) {
            return;
        }
        log.durable(last.commitLsn);
        scheduler.await(this, () -> last.commitTime <= visibleTime, Long.MAX_VALUE);
    }

    /**
     * Logs durably that a transaction will follow another database's decision. A serializable one keeps others from
     * committing until it has ended: what it was validated against must not change.
     *
     * @throws DatabaseException SERIALIZATION_FAILURE; the caller rolls back
     */
    void prepare(Txn txn) {
        if (txn.id == 0) {
            throw new IllegalStateException("nothing to prepare");
        }
        long lsn;
        boolean kept = false;
        committing.lock();
        try {
            if (txn.serializable) {
                validate(txn);
            }
            txn.record.begin(RecordKind.PREPARE, txn.id, txn.lastLsn, 0, false);
            lsn = log.append(txn.record);
            txn.lastLsn = lsn;
            txn.prepared = true;
            kept = txn.serializable;
        } finally {
            if (!kept) {
                committing.unlock();
            }
        }
        log.durable(lsn);
    }

    private void publish(Txn txn, Runnable visible) {
        synchronized (this) {
            visibleTime = Math.max(visibleTime, txn.commitTime);
        }
        scheduler.signal(this);
        leave(txn);
        List<Undo.LockTaken> locks = locks(txn);
        synchronized (this) {
            // The cleaner may empty the undo list from here on; and before a lock is given up, so that who empties a
            // table
            // is cleaned up after those who changed it before.
            committed.add(txn);
        }
        release(txn, locks);
        visible.run();
    }

    private long logCommit(Txn txn) {
        if (!keepsOthers(txn)) {
            committing.lock();
        }
        try {
            if (txn.serializable && !txn.prepared) {
                validate(txn);
            }
            long time = nextTime;
            nextTime = time + 1;
            txn.record.begin(RecordKind.COMMIT, txn.id, txn.lastLsn, 0, false);
            txn.record.putLong(time).putLong(clock.epochMicros());
            long lsn = log.append(txn.record);
            txn.commitTime = time;
            return lsn;
        } finally {
            committing.unlock();
        }
    }

    private static boolean keepsOthers(Txn txn) {
        return txn.prepared && txn.serializable;
    }

    /** What a serializable transaction has read must not have changed since its snapshot (Neumann et al., SIGMOD 2015). */
    private void validate(Txn txn) {
        for (Txn other : writers.values()) {
            if (other == txn || other.commitTime == Txn.NONE || other.commitTime <= txn.snapshot.time()) {
                continue;
            }
            for (Txn.ReadRange range : txn.reads) {
                if (other.filled.contains(range.treeId())) {
                    throw dependencies();
                }
            }
            for (Undo undo : other.undo) {
                if (undo instanceof Undo.RowChange change) {
                    for (Txn.ReadRange range : txn.reads) {
                        if (range.contains(change.tree().id(), change.key())) {
                            throw dependencies();
                        }
                    }
                }
            }
        }
    }

    private static DatabaseException dependencies() {
        return ErrorReport.error(
                        ErrorCode.SERIALIZATION_FAILURE,
                        "could not serialize access due to read/write dependencies among transactions")
                .withHint("The transaction might succeed if retried.")
                .exception();
    }

    /** Logs that a transaction is completely undone. */
    void abort(Txn txn) {
        if (txn.id != 0) {
            txn.record.begin(RecordKind.ABORT, txn.id, txn.lastLsn, 0, false);
            log.append(txn.record);
            writers.remove(txn.id);
            if (keepsOthers(txn)) {
                committing.unlock();
            }
        }
        end(txn);
    }

    private void end(Txn txn) {
        leave(txn);
        release(txn, locks(txn));
    }

    /** Neither reads nor writes any more. */
    private void leave(Txn txn) {
        synchronized (this) {
            reading.remove(txn);
            txn.horizon = Long.MAX_VALUE;
            if (txn.id != 0) {
                active.remove(txn.id);
            }
            txn.startLsn = Long.MAX_VALUE;
        }
        owe(txn, -txn.owed);
        txn.dependsOn = null;
        txn.ended = true;
    }

    private static List<Undo.LockTaken> locks(Txn txn) {
        if (!txn.holdsLocks) {
            return List.of();
        }
        List<Undo.LockTaken> locks = new ArrayList<>();
        for (Undo undo : txn.undo) {
            if (undo instanceof Undo.LockTaken taken) {
                locks.add(taken);
            }
        }
        return locks;
    }

    private void release(Txn txn, List<Undo.LockTaken> locks) {
        for (Undo.LockTaken taken : locks) {
            taken.locks().release(txn, taken.key(), taken.mode());
        }
        txn.holdsLocks = false;
        released(txn);
    }

    /** Tells those who wait that something was given up. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the transaction's own thread writes it
    void released(Txn txn) {
        txn.releases = txn.releases + 1;
        waits.signal(txn);
    }

    /** Forgets versions nobody needs and hands out the work that was waiting for that. */
    List<Txn.Cleanup> purge() {
        List<Txn> done = new ArrayList<>();
        synchronized (this) {
            long oldest = visibleTime;
            for (Txn txn : reading) {
                oldest = Math.min(oldest, txn.horizon);
            }
            for (Txn first = committed.peek(); first != null && first.commitTime <= oldest; first = committed.peek()) {
                done.add(committed.remove());
            }
        }
        List<Txn.Cleanup> work = new ArrayList<>();
        for (Txn txn : done) {
            for (Undo undo : txn.undo) {
                if (undo instanceof Undo.RowChange change) {
                    Version version = change.version();
                    if (version != null) {
                        chains.cut(change.content(), change.key(), version);
                    }
                }
            }
            txn.undo.clear();
            writers.remove(txn.id);
            work.addAll(txn.cleanups);
        }
        return work;
    }

    /** Whether anything waits to be purged. */
    public synchronized boolean hasGarbage() {
        return !committed.isEmpty();
    }

    @Override
    public synchronized long oldestStartLsn() {
        long oldest = Long.MAX_VALUE;
        for (Txn txn : active.values()) {
            oldest = Math.min(oldest, txn.startLsn);
        }
        return oldest;
    }

    /** Transactions that have written and not ended. */
    public synchronized int activeCount() {
        return active.size();
    }
}
