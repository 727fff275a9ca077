package dev.strongroom.storage.txn;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** State of one transaction. Used by one thread at a time; what others look at is volatile. */
public final class Txn {
    /** Commit time of a transaction that has not committed. */
    public static final long NONE = 0;

    /** Ranges read are joined beyond this many: it may fail to serialize for a row between, but stays small. */
    static final int MAX_READS = 20_000;

    final RecordWriter record = new RecordWriter();
    final Leaf leaf = new Leaf();
    final UndoLog undo;
    List<ReadRange> reads = new ArrayList<>();
    /** Trees whose whole content it made: there is no undo to tell which keys those were. */
    Set<Long> filled = Set.of();

    final CancelFlag cancel;
    final long lockTimeoutNanos;
    final boolean serializable;

    volatile long id;
    volatile long commitTime = NONE;
    /** Where its commit record ends; 0 before. */
    volatile long commitLsn;

    long commitMicros;
    /** Its rows are no longer in anybody's way: undone, or its commit is in the log, if not yet durable. */
    volatile boolean ended;

    /** It has locks in a table of locks: they outlast its rows' freedom until its commit is durable. */
    volatile boolean holdsLocks;

    /** Name its commit has in the log; empty for none. */
    byte[] mark = {};
    /** Promised to commit if another database decides so. */
    boolean prepared;
    /** Raised when locks or writes are given up, so that who waits looks again. */
    volatile int releases;
    /** Oldest read timestamp in use, {@link Long#MAX_VALUE} without a snapshot. */
    volatile long horizon = Long.MAX_VALUE;

    Snapshot snapshot = Snapshot.NONE;
    int openCursors;

    volatile long startLsn = Long.MAX_VALUE;
    volatile @Nullable Txn waitsFor;
    /** Whether it waits only because the other has asked before. */
    volatile boolean waitsForTurn;
    /** How many wait for it. Changes under the lock of the {@link WaitGraph}. */
    volatile int awaitedBy;
    /** It need not wait for its turn: somebody would wait for ever. */
    volatile boolean mayPass;

    long lastLsn;
    /** Room in the log kept for undoing and ending it. */
    long owed;

    /** The latest committer whose rows this transaction went by, perhaps before that was durable. */
    @Nullable
    Txn dependsOn;

    int savepoints;
    /** How many savepoints there were when it last made a tree, or content for one. */
    private int madeAt;

    /** What its snapshot does not see was forgotten: it must not look any more. */
    volatile boolean tooOld;
    /** When its snapshot was taken, if anybody asks. */
    long snapshotNanos;

    // Guarded by Transactions: its neighbours in the list of active ones, and its place among readers.
    @Nullable
    Txn older;

    @Nullable
    Txn newer;

    int readerPlace = -1;

    // Guarded by Transactions: what it holds for old snapshots once it has committed.
    boolean purged;
    long retainedHeap;
    long retainedFile;

    Txn(CancelFlag cancel, long lockTimeoutNanos, boolean serializable, UndoLog undo) {
        this.undo = undo;
        this.cancel = cancel;
        this.lockTimeoutNanos = lockTimeoutNanos;
        this.serializable = serializable;
    }

    public long id() {
        return id;
    }

    /** Gives its commit a name that a restore can stop at. */
    public void mark(byte[] name) {
        mark = name;
    }

    /** Wall clock in its commit record, microseconds since 1970. */
    public long commitMicros() {
        return commitMicros;
    }

    /** LSN of its commit; 0 as long as it has none. */
    public long commitLsn() {
        return commitLsn;
    }

    /** Whether it waits for another transaction just now. */
    public boolean isWaiting() {
        return waitsFor != null;
    }

    /** Whether it only waits until it notices that it may pass. */
    boolean goesAhead() {
        return waitsForTurn && mayPass;
    }

    public boolean isEnded() {
        return ended;
    }

    /** Whether nobody need wait for it any more, neither for its rows nor for its locks. */
    boolean isOutOfTheWay() {
        return ended && !holdsLocks;
    }

    public boolean hasSnapshot() {
        return snapshot != Snapshot.NONE;
    }

    /** What the running statement sees. */
    public Snapshot snapshot() {
        return snapshot;
    }

    /** A cursor keeps the snapshot it was opened under alive until it is closed. */
    public void cursorOpened() {
        openCursors++;
    }

    public void cursorClosed() {
        openCursors--;
    }

    /** Savepoints set so far, without those that were released before anything else happened. */
    public int savepoints() {
        return savepoints;
    }

    /** Sets a savepoint and returns its number, from 1. */
    public int setSavepoint() {
        return ++savepoints;
    }

    /**
     * Nothing goes back to the savepoint any more. Where none was set and nothing made since, it is as if it had never been:
     * content made before it is again thrown away by whatever throws away the next row.
     */
    public void releaseSavepoint(int number) {
        if (number == savepoints && madeAt < number) {
            savepoints--;
        }
    }

    /** It makes a tree, or content for one. Returns the number of savepoints before. */
    public int makes() {
        madeAt = savepoints;
        return savepoints;
    }

    /** Throws if the running statement was asked to stop. */
    public void checkCancelled() {
        cancel.check();
    }

    /** Number of undo steps: a place to roll back to. */
    public int position() {
        return undo.size();
    }

    /** A leaf of the transaction's own to look at trees with; whoever takes it is done with it before calling on. */
    public Leaf leaf() {
        return leaf;
    }

    /** Raised when the transaction gives something up; read before looking at what it holds. */
    public int releases() {
        return releases;
    }

    public boolean isUncommitted() {
        return commitTime == NONE;
    }

    /**
     * Looks whether what was read through the snapshot since the last look is true.
     *
     * @throws DatabaseException SNAPSHOT_TOO_OLD
     */
    public void checkSnapshot() {
        if (tooOld) {
            throw ErrorReport.error(ErrorCode.SNAPSHOT_TOO_OLD, "snapshot too old")
                    .withDetail("Row versions it needs were discarded to stay within \"undo_memory\" and"
                            + " \"undo_file_limit\".")
                    .withHint("Use shorter transactions, or increase \"undo_memory\" or \"undo_file_limit\".")
                    .exception();
        }
    }

    /** It has committed: what it worked with can go. */
    void slim() {
        record.release();
        reads = List.of();
    }

    /** Runs when the transaction rolls back past this point. */
    public void onRollback(Runnable action) {
        undo.add(new Undo.Action(action));
    }

    /** Work for later, when no snapshot can see what the transaction replaced, after that about rows. */
    public void cleanup(Runnable work) {
        undo.add(new Undo.Cleanup(work));
    }

    /**
     * Work for later about a row, as {@link RowCleaner} takes it.
     *
     * @param content root of the row's tree
     */
    public void cleanup(RowCleaner cleaner, long content, byte[] key, byte[] work) {
        undo.add(new Undo.Later(cleaner, content, key, work));
    }

    /** Remembers that keys from one to another (exclusive, null = no bound) were read; for serializable transactions only. */
    public void read(Tree tree, byte[] from, byte @Nullable [] to) {
        if (serializable) {
            if (reads.size() == MAX_READS) {
                reads = ReadRange.hulls(reads);
            }
            reads.add(new ReadRange(tree.id(), from, to));
        }
    }

    /** Remembers that the content of a tree is this transaction's, for those who have read what was there before. */
    public void filled(long treeId) {
        if (!filled.contains(treeId)) {
            Set<Long> more = new HashSet<>(filled);
            more.add(treeId);
            filled = more;
        }
    }

    record ReadRange(long treeId, byte[] from, byte @Nullable [] to) {
        boolean contains(long tree, byte[] key) {
            return tree == treeId
                    && java.util.Arrays.compareUnsigned(key, from) >= 0
                    && (to == null || java.util.Arrays.compareUnsigned(key, to) < 0);
        }

        /** One range for each tree, around all of its ranges. */
        static List<ReadRange> hulls(List<ReadRange> ranges) {
            Map<Long, ReadRange> hulls = new LinkedHashMap<>();
            for (ReadRange range : ranges) {
                hulls.merge(range.treeId, range, ReadRange::around);
            }
            return new ArrayList<>(hulls.values());
        }

        private static ReadRange around(ReadRange left, ReadRange right) {
            byte[] from = java.util.Arrays.compareUnsigned(left.from, right.from) <= 0 ? left.from : right.from;
            byte[] leftTo = left.to;
            byte[] rightTo = right.to;
            byte[] to = leftTo == null || rightTo == null
                    ? null
                    : java.util.Arrays.compareUnsigned(leftTo, rightTo) >= 0 ? leftTo : rightTo;
            return new ReadRange(left.treeId, from, to);
        }
    }
}
