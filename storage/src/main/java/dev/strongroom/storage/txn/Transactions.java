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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
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
    private final UndoFiles files;
    private final Mutex committing;
    /** By id: writers that some snapshot may still not see. */
    private final ConcurrentHashMap<Long, Txn> writers = new ConcurrentHashMap<>();

    // Guarded by this: held for a few instructions, never across a wait.
    private final ActiveList active = new ActiveList();
    private final Readers reading = new Readers();
    private final PriorityQueue<Txn> committed = new PriorityQueue<>(Comparator.comparingLong(txn -> txn.commitTime));
    /** Committed ones with undo on the heap, about in order; some may be purged already. */
    private final ArrayDeque<Txn> spillable = new ArrayDeque<>();
    /** What is kept for old snapshots. */
    private final Retained retained = new Retained();

    private long nextId = 1;
    private volatile long visibleTime = 1;
    private volatile long nextTime = 2;

    Transactions(LogStream log, Clock clock, Scheduler scheduler, WaitGraph waits, UndoFiles files) {
        this.log = log;
        this.clock = clock;
        this.scheduler = scheduler;
        this.waits = waits;
        this.files = files;
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
        return new Txn(cancel, lockTimeoutNanos, serializable, new UndoLog(files));
    }

    /** Gives a transaction a snapshot of now. */
    public synchronized void snapshot(Txn txn) {
        txn.snapshot = new Snapshot(visibleTime, active.lowestId(nextId));
        if (txn.openCursors == 0 || txn.horizon == Long.MAX_VALUE) {
            txn.horizon = visibleTime;
            txn.tooOld = false;
            txn.snapshotNanos = retained.agesCount(files.memory()) ? clock.monotonicNanos() : 0;
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
            active.add(txn);
            writers.put(txn.id, txn);
        }
        owe(txn, END_RECORD);
    }

    /** Has the log keep room for a record that undoes or ends the transaction, or no longer. */
    void owe(Txn txn, long bytes) {
        txn.owed += bytes;
        log.owe(bytes);
    }

    /** The undo of a writer that has some in files, null for any other. */
    @Nullable
    UndoLog undoOf(long writer) {
        Txn found = writers.get(writer);
        return found != null && found.undo.isInFiles() ? found.undo : null;
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
        if (trying.mayFlush() && log.tryDurable(lsn)) {
            NoWait held = NoWait.lift();
            try {
                publish(txn, visible);
            } finally {
                NoWait.restore(held);
            }
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
        List<Undo.LockTaken> locks = locks(txn);
        txn.slim();
        synchronized (this) {
            visibleTime = Math.max(visibleTime, txn.commitTime);
            takeOut(txn);
            // The cleaner may empty the undo from here on; and before a lock is given up, so that who empties a table
            // is cleaned up after those who changed it before.
            committed.add(txn);
            spillable.add(txn);
            retained.add(txn);
        }
        scheduler.signal(this);
        txn.dependsOn = null;
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
            txn.commitMicros = clock.epochMicros();
            txn.record.putLong(time).putLong(txn.commitMicros).putBytes(txn.mark, 0, txn.mark.length);
            long lsn = log.append(txn.record);
            txn.commitTime = time;
            // From here on it is what is appended that needs the room.
            owe(txn, -txn.owed);
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
        txn.checkSnapshot();
        for (Txn other : writers.values()) {
            if (other == txn || other.commitTime == Txn.NONE || other.commitTime <= txn.snapshot.time()) {
                continue;
            }
            for (Txn.ReadRange range : txn.reads) {
                if (other.filled.contains(range.treeId())) {
                    throw dependencies();
                }
            }
            if (other.undo.touches(other.id, txn.reads)) {
                throw dependencies();
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
        txn.undo.close();
    }

    /** Neither reads nor writes any more. */
    private void leave(Txn txn) {
        synchronized (this) {
            takeOut(txn);
        }
        owe(txn, -txn.owed);
        txn.dependsOn = null;
        txn.ended = true;
    }

    private void takeOut(Txn txn) {
        reading.remove(txn);
        txn.horizon = Long.MAX_VALUE;
        if (txn.startLsn != Long.MAX_VALUE) {
            active.remove(txn);
            txn.startLsn = Long.MAX_VALUE;
        }
    }

    private static List<Undo.LockTaken> locks(Txn txn) {
        if (!txn.holdsLocks) {
            return List.of();
        }
        return txn.undo.locks();
    }

    private void release(Txn txn, List<Undo.LockTaken> locks) {
        for (Undo.LockTaken taken : locks) {
            taken.locks().release(txn, taken.key(), taken.mode());
            files.memory().lockReleased();
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

    /**
     * Forgets versions nobody needs and moves others to files; called by one thread at a time.
     *
     * @return transactions everybody sees, for what they put off; their undo is to be closed then
     */
    List<Txn> purge() {
        List<Txn> done = new ArrayList<>();
        synchronized (this) {
            long oldest = oldestHorizon();
            for (Txn first = committed.peek(); first != null && first.commitTime <= oldest; first = committed.peek()) {
                done.add(committed.remove());
                retained.remove(first);
                first.purged = true;
            }
            while (!spillable.isEmpty() && spillable.peek().purged) {
                spillable.remove();
            }
        }
        for (Txn txn : done) {
            txn.undo.cutVersions();
            writers.remove(txn.id);
        }
        boolean more = files.isAvailable();
        while (more && files.memory().isHalfFull()) {
            more = spillCommitted();
        }
        cancelOldest();
        return done;
    }

    private long oldestHorizon() {
        long oldest = visibleTime;
        for (Txn txn : reading.all()) {
            if (!txn.tooOld) {
                oldest = Math.min(oldest, txn.horizon);
            }
        }
        return oldest;
    }

    /** Puts undo of many small transactions that old snapshots keep alive into one file; whether there was any. */
    private boolean spillCommitted() {
        List<Txn> chosen = new ArrayList<>();
        long bytes = 0;
        synchronized (this) {
            while (!spillable.isEmpty() && bytes < files.memory().limits().transactionBytes()) {
                Txn txn = spillable.remove();
                if (!txn.purged && txn.undo.hasRows()) {
                    chosen.add(txn);
                    bytes += txn.undo.heapBytes();
                }
            }
        }
        if (chosen.isEmpty()) {
            return false;
        }
        long[] heap = chosen.stream().mapToLong(txn -> txn.undo.heapBytes()).toArray();
        UndoLog.moveTogether(files, chosen);
        synchronized (this) {
            for (int i = 0; i < heap.length; i++) {
                retained.moved(chosen.get(i), heap[i] - chosen.get(i).undo.heapBytes());
            }
        }
        return true;
    }

    /** Old snapshots may not keep more alive than the limits say: the oldest one has seen its last. */
    private synchronized void cancelOldest() {
        if (!retained.isTooMuch(files.memory())) {
            return;
        }
        Txn oldest = null;
        for (Txn txn : reading.all()) {
            boolean counts =
                    !txn.tooOld && txn.horizon < visibleTime && retained.isOldEnough(txn, files.memory(), clock);
            if (counts && (oldest == null || txn.horizon < oldest.horizon)) {
                oldest = txn;
            }
        }
        if (oldest != null) {
            oldest.tooOld = true;
        }
    }

    /** Whether anything waits to be purged. */
    public synchronized boolean hasGarbage() {
        return !committed.isEmpty();
    }

    /** The time a snapshot taken now would have. */
    public long visibleTime() {
        return visibleTime;
    }

    /** Commit time of the oldest transaction that has replaced or removed what is not cleaned up yet; without one, Long.MAX_VALUE. */
    public synchronized long oldestGarbage() {
        Txn first = committed.peek();
        return first == null ? Long.MAX_VALUE : first.commitTime;
    }

    @Override
    public synchronized long oldestStartLsn() {
        return active.oldestStartLsn();
    }

    /** Transactions that have written and not ended. */
    public synchronized int activeCount() {
        return active.size();
    }
}
