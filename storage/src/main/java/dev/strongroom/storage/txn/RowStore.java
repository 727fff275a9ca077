package dev.strongroom.storage.txn;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.log.RecordHandlers;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.temp.TempFiles;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.tree.TreeRecords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes entries of trees under transactions and reads the right version of them. Every change is one ROW record that carries
 * what was there before; rolling back, at run time or in recovery, puts that back and logs a compensation. Thread-safe.
 */
public final class RowStore {
    private static final byte[] GONE = {};
    private static final int UNDO_RECORD = 192;

    private final VersionChains chains = new VersionChains();
    private final Transactions transactions;
    private final WaitGraph waits;
    private final TreeDirectory trees;
    private final RowHeader header;

    /** Where a row's bytes say who wrote it; {@code storage.table} owns the row format. */
    @FunctionalInterface
    public interface RowHeader {
        /** Writer, from the first eight bytes of a row, little-endian. */
        long writer(long firstBytes);
    }

    /**
     * @param temp where undo goes that is beyond the budget
     */
    public RowStore(
            LogStream log,
            Clock clock,
            Scheduler scheduler,
            TreeDirectory trees,
            RowHeader header,
            StopSwitch stop,
            UndoMemory memory,
            TempFiles temp) {
        this.waits = new WaitGraph(scheduler);
        this.transactions =
                new Transactions(log, clock, scheduler, waits, new UndoFiles(memory, temp, scheduler, chains, stop));
        this.trees = trees;
        this.header = header;
    }

    public Transactions transactions() {
        return transactions;
    }

    public WaitGraph waits() {
        return waits;
    }

    /** Says how records of this layer and of trees are redone and undone. */
    public void register(RecordHandlers handlers) {
        handlers.redo(TreeRecords.ROW, TreeRecords::apply);
        handlers.redo(TreeRecords.STRUCTURE, TreeRecords::apply);
        handlers.undo(TreeRecords.ROW, new RecoveryUndo(trees));
    }

    // ---- changing ----

    /**
     * Puts a value under a key of a leaf that {@link Tree#seekExclusive} found with room for it, or removes the entry.
     *
     * @param after null to remove
     * @param versioned whether readers of older snapshots must find what was there
     */
    public void change(Txn txn, Tree tree, Leaf leaf, byte[] key, byte @Nullable [] after, boolean versioned) {
        transactions.assignId(txn);
        txn.undo.makeRoom(txn.id);
        byte[] before = leaf.found() ? leaf.value(leaf.index()) : null;
        RecordWriter record = txn.record.begin(TreeRecords.ROW, txn.id, txn.lastLsn, tree.id(), true);
        UndoBody.write(record, key, before);
        long lsn = after == null ? tree.remove(leaf, record) : tree.put(leaf, key, after, record);
        Version version = versioned && before != null ? chains.push(tree.root(), key, before, txn.id) : null;
        txn.undo.add(new Undo.RowChange(tree, tree.root(), key, before, txn.lastLsn, version));
        txn.lastLsn = lsn;
        transactions.owe(txn, undoBytes(key, before));
    }

    /** About what the record takes that puts a value back. */
    private static long undoBytes(byte[] key, byte @Nullable [] before) {
        return UNDO_RECORD + key.length + (before == null ? 0 : before.length);
    }

    /** Puts a value into a tree that this transaction made and will throw away as a whole if it fails: no undo. */
    public void fill(Txn txn, Tree tree, Leaf leaf, byte[] key, byte @Nullable [] after) {
        transactions.assignId(txn);
        txn.filled(tree.id());
        RecordWriter record = txn.record.begin(TreeRecords.ROW, txn.id, txn.lastLsn, tree.id(), false);
        txn.lastLsn = after == null ? tree.remove(leaf, record) : tree.put(leaf, key, after, record);
    }

    /** Puts or removes outside any transaction; never undone. Returns the record's LSN. */
    public static long changeForever(RecordWriter record, Tree tree, Leaf leaf, byte[] key, byte @Nullable [] after) {
        record.begin(TreeRecords.ROW, 0, 0, tree.id(), false);
        return after == null ? tree.remove(leaf, record) : tree.put(leaf, key, after, record);
    }

    /** For the cleaner: removes an entry outside any transaction, and releases the leaf. Returns the record's LSN. */
    public static long tidyAway(RecordWriter record, Tree tree, Leaf leaf) {
        record.begin(TreeRecords.ROW, 0, 0, tree.id(), false);
        return tree.removeAndTidy(leaf, record);
    }

    // ---- reading; the leaf is latched ----

    /**
     * Which version of the entry at an index of a leaf a snapshot sees.
     *
     * @return null for the one in the leaf, an image of an older one, or an empty array for none
     */
    public byte @Nullable [] visible(Txn txn, Snapshot snapshot, Tree tree, Leaf leaf, int index) {
        long writer = header.writer(leaf.valueLong(index, 0));
        if (transactions.sees(txn, snapshot, writer)) {
            return null;
        }
        Older older = new Older(tree.root(), leaf.key(index), writer);
        for (byte[] image = older.next(); image != null; image = older.next()) {
            if (transactions.sees(txn, snapshot, writerOf(image))) {
                return image;
            }
        }
        return GONE;
    }

    /**
     * Older versions of a row, newest first: who wrote one replaced the next. That is in the row's chain, or in the file of
     * who replaced it; a change of one transaction that went to its file is older than those in the chain.
     */
    private final class Older {
        private final long content;
        private final byte[] key;
        private long writer;
        private int before = Integer.MAX_VALUE;
        private @Nullable Version at;

        Older(long content, byte[] key, long writer) {
            this.content = content;
            this.key = key;
            this.writer = writer;
            at = chains.head(content, key);
        }

        byte @Nullable [] next() {
            byte[] found = replaced();
            if (found != null) {
                long older = writerOf(found);
                before = older == writer ? before : Integer.MAX_VALUE;
                writer = older;
            }
            return found;
        }

        private byte @Nullable [] replaced() {
            for (Version version = at; version != null; version = version.older) {
                if (version.writer == writer) {
                    at = version.older;
                    return version.image;
                }
            }
            UndoLog undo = transactions.undoOf(writer);
            UndoRun.Found inFile = undo == null ? null : undo.find(writer, content, key, before);
            if (inFile == null) {
                return null;
            }
            before = inFile.position();
            return inFile.before();
        }
    }

    /** As {@link #visible}, but the newest version that is committed or the transaction's own. */
    public byte @Nullable [] latest(Txn txn, Tree tree, Leaf leaf, int index) {
        long writer = header.writer(leaf.valueLong(index, 0));
        if (transactions.liveOther(txn, writer) == null) {
            return null;
        }
        Older older = new Older(tree.root(), leaf.key(index), writer);
        for (byte[] image = older.next(); image != null; image = older.next()) {
            if (transactions.liveOther(txn, writerOf(image)) == null) {
                return image;
            }
        }
        return GONE;
    }

    /** Writer of the entry at an index of a leaf. */
    public long writer(Leaf leaf, int index) {
        return header.writer(leaf.valueLong(index, 0));
    }

    /** The writer of an entry if it is another transaction that has not ended: it holds the row. */
    public @Nullable Txn liveWriter(Txn txn, Leaf leaf, int index) {
        return transactions.liveOther(txn, header.writer(leaf.valueLong(index, 0)));
    }

    /** Whether the transaction's snapshot sees a writer. */
    public boolean sees(Txn txn, long writer) {
        boolean seen = transactions.sees(txn, txn.snapshot, writer);
        txn.checkSnapshot();
        return seen;
    }

    /** Whether no snapshot can need anything older than what this writer wrote. */
    public boolean seenByAll(long writer) {
        return transactions.seenByAll(writer);
    }

    private long writerOf(byte[] image) {
        long first = 0;
        for (int i = 7; i >= 0; i--) {
            first = first << 8 | (i < image.length ? image[i] & 0xFF : 0);
        }
        return header.writer(first);
    }

    /** All older versions of the row at an index of a leaf, newest first; one may come twice. The leaf is latched. */
    public List<byte[]> olderVersions(Tree tree, Leaf leaf, int index) {
        List<byte[]> images = new ArrayList<>();
        Older older = new Older(tree.root(), leaf.key(index), writer(leaf, index));
        for (byte[] image = older.next(); image != null; image = older.next()) {
            images.add(image);
        }
        return images;
    }

    /** Forgets older versions under a key whose entry is being removed for good; the leaf is latched exclusively. */
    public void forget(Tree tree, byte[] key) {
        chains.clear(tree.root(), key);
    }

    // ---- ending ----

    /** Logs durably that the transaction follows {@code master}'s decision. */
    public void prepare(Txn txn) {
        transactions.prepare(txn);
    }

    /** @param visible run when others see it; not for a transaction that wrote nothing */
    public void commit(Txn txn, Runnable visible) {
        transactions.commit(txn, visible);
    }

    public void rollback(Txn txn) {
        rollbackTo(txn, 0);
        transactions.abort(txn);
    }

    /** Takes back everything after a position, newest first, and lets those who waited for it look again. */
    public void rollbackTo(Txn txn, int position) {
        UndoLog undo = txn.undo;
        boolean any = undo.size() > position;
        while (undo.size() > position) {
            switch (undo.last()) {
                case Undo.RowChange change -> restore(txn, change);
                case Undo.LockTaken taken -> {
                    taken.locks().release(txn, taken.key(), taken.mode());
                    undo.lockReleased();
                }
                case Undo.Action action -> action.action().run();
                case Undo.Later later -> {}
                case Undo.Cleanup cleanup -> {}
            }
            undo.removeLast();
        }
        if (any) {
            transactions.released(txn);
        }
    }

    private void restore(Txn txn, Undo.RowChange change) {
        while (true) {
            try {
                putBack(txn, change);
                transactions.owe(txn, -undoBytes(change.key(), change.before()));
                return;
            } catch (DatabaseException failure) {
                if (failure.code() != ErrorCode.DISK_FULL) {
                    throw failure;
                }
                // What was there before needs a page more than what is there now, and no page can be had. Nothing else
                // can be
                // done about it: others have used the room since.
                waits.pause();
            }
        }
    }

    private void putBack(Txn txn, Undo.RowChange change) {
        Leaf leaf = txn.leaf;
        byte[] before = change.before();
        Tree tree = change.tree();
        tree.seekExclusive(change.key(), before == null ? -1 : before.length, leaf);
        try {
            txn.record.begin(TreeRecords.ROW, txn.id, change.previousLsn(), tree.id(), false);
            txn.lastLsn =
                    before == null ? tree.remove(leaf, txn.record) : tree.put(leaf, change.key(), before, txn.record);
            Version version = change.version();
            if (version != null) {
                chains.pop(change.content(), change.key(), version);
            }
        } finally {
            tree.releaseExclusive(leaf);
        }
    }

    /** Does what had to wait until nobody sees what was replaced. */
    public void purge() {
        RuntimeException failure = null;
        for (Txn done : transactions.purge()) {
            try {
                done.undo.tidyUp(done.id);
            } catch (DatabaseException left) {
                // It stays behind as after a crash; the others have their turn.
                failure = left;
            } finally {
                done.undo.close();
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** The body of a ROW record. */
    public static final class UndoBody {
        private UndoBody() {}

        static void write(RecordWriter record, byte[] key, byte @Nullable [] before) {
            record.putShort(key.length).putBytes(key, 0, key.length).putByte(before == null ? 0 : 1);
            if (before != null) {
                record.putBytes(before, 0, before.length);
            }
        }

        public static byte[] key(LogRecord record) {
            int at = record.bodyOffset();
            return Arrays.copyOfRange(record.bytes(), at + 2, at + 2 + record.shortAt(at));
        }

        static byte @Nullable [] before(LogRecord record) {
            int at = record.bodyOffset() + 2 + record.shortAt(record.bodyOffset());
            int end = record.bodyOffset() + record.bodyLength();
            return record.byteAt(at) == 0 ? null : Arrays.copyOfRange(record.bytes(), at + 1, end);
        }
    }
}
