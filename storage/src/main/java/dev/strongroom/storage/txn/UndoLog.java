package dev.strongroom.storage.txn;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.storage.temp.SealedBlocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction has done, step by step. The latest steps are on the heap; beyond the budget of {@link UndoMemory} those
 * about rows go to runs in a sealed temporary file, where readers look for older versions and a rollback takes them back from,
 * run by run. Its transaction's thread writes it, later the cleaner; what readers need is published before it leaves the heap.
 */
final class UndoLog {
    private static final UndoRun[] NO_RUNS = {};

    private final UndoFiles files;
    private volatile UndoRun[] runs = NO_RUNS;
    private volatile List<Undo> recent = new ArrayList<>();
    /** Steps that cannot go to a file and came before {@link #recent}. */
    private volatile List<Kept> kept = List.of();

    /** Steps before {@link #recent}, in runs or kept. */
    private int base;

    private long heapBytes;
    private long fileBytes;
    private @Nullable SealedBlocks file;
    private @Nullable SharedFile shared;
    /** Live steps of the last run, while they are being taken back. */
    private @Nullable List<UndoRun.Step> loaded;

    private record Kept(int position, Undo undo) {}

    UndoLog(UndoFiles files) {
        this.files = files;
    }

    /** @throws DatabaseException OUT_OF_MEMORY where there are too many locks */
    void lockTaken() {
        files.memory().lockTaken();
    }

    void lockReleased() {
        files.memory().lockReleased();
    }

    /** Number of steps: a position. */
    int size() {
        return base + recent.size();
    }

    long heapBytes() {
        return heapBytes;
    }

    long fileBytes() {
        return fileBytes;
    }

    void add(Undo undo) {
        loaded = null;
        recent.add(undo);
        count(undo.heapBytes());
    }

    private void count(long bytes) {
        heapBytes += bytes;
        files.memory().add(bytes);
    }

    // ---- spilling ----

    /**
     * Puts what is on the heap into a file if that is too much. Before a change; if it fails nothing has happened.
     *
     * @param writer the transaction
     */
    void makeRoom(long writer) {
        if (!files.memory().isTooMuch(heapBytes) || !files.isAvailable()) {
            return;
        }
        List<UndoRun.Step> steps = steps(writer);
        if (steps.isEmpty()) {
            return;
        }
        NoWait.check();
        SealedBlocks into = file;
        if (into == null) {
            into = files.create();
            file = into;
        }
        loaded = null;
        int size = size();
        UndoRun run = UndoRun.write(files.memory(), into, steps);
        fileBytes = (long) into.count() * SealedBlocks.BLOCK;
        moved(run);
        base = size;
    }

    /** Steps about rows on the heap, with their positions. */
    List<UndoRun.Step> steps(long writer) {
        List<UndoRun.Step> steps = new ArrayList<>();
        List<Undo> now = recent;
        for (int i = 0; i < now.size(); i++) {
            if (now.get(i) instanceof Undo.OfRow undo) {
                steps.add(new UndoRun.Step(base + i, writer, undo));
            }
        }
        return steps;
    }

    /** The steps about rows are in a run now: readers find them there, then they leave the heap. */
    void moved(UndoRun run) {
        UndoRun[] more = Arrays.copyOf(runs, runs.length + 1);
        more[runs.length] = run;
        runs = more;
        List<Undo> gone = recent;
        List<Kept> keep = new ArrayList<>(kept);
        long bytes = 0;
        for (int i = 0; i < gone.size(); i++) {
            if (gone.get(i) instanceof Undo.OfRow) {
                bytes += gone.get(i).heapBytes();
            } else {
                keep.add(new Kept(base + i, gone.get(i)));
            }
        }
        kept = keep.isEmpty() ? List.of() : keep;
        recent = new ArrayList<>();
        for (Undo undo : gone.reversed()) {
            if (undo instanceof Undo.RowChange change && change.version() != null) {
                files.chains().unlink(change.content(), change.key(), change.version());
            }
        }
        count(-bytes);
    }

    /** Whether there are steps about rows on the heap. */
    boolean hasRows() {
        for (Undo undo : recent) {
            if (undo instanceof Undo.OfRow) {
                return true;
            }
        }
        return false;
    }

    /** Puts what committed transactions have on the heap into a file of their own, which goes with the last of them. */
    static void moveTogether(UndoFiles files, List<Txn> txns) {
        List<UndoRun.Step> steps = new ArrayList<>();
        for (Txn txn : txns) {
            steps.addAll(txn.undo.steps(txn.id));
        }
        SharedFile into = new SharedFile(files.create(), new AtomicInteger(txns.size()));
        UndoRun run;
        boolean written = false;
        try {
            run = UndoRun.write(files.memory(), into.file, steps);
            written = true;
        } finally {
            if (!written) {
                into.file.close();
            }
        }
        for (Txn txn : txns) {
            txn.undo.shared = into;
            txn.undo.moved(run);
        }
    }

    /** A file with steps of several transactions. */
    private record SharedFile(SealedBlocks file, AtomicInteger users) {
        void close() {
            if (users.decrementAndGet() == 0) {
                file.close();
            }
        }
    }

    // ---- taking back ----

    /** The last step. */
    Undo last() {
        if (!recent.isEmpty()) {
            return recent.getLast();
        }
        if (keptIsLast()) {
            return kept.getLast().undo;
        }
        UndoRun.Step last = load().getLast();
        assert last.position() == base - 1 : last.position() + " is not before " + base;
        return last.undo();
    }

    private boolean keptIsLast() {
        return !kept.isEmpty() && kept.getLast().position == base - 1;
    }

    private List<UndoRun.Step> load() {
        List<UndoRun.Step> steps = loaded;
        if (steps == null) {
            NoWait.check();
            List<UndoRun.Step> read = new ArrayList<>();
            try {
                runs[runs.length - 1].forEachStep(read::add);
            } catch (DatabaseException unreadable) {
                throw files.stop().stop(unreadable);
            }
            read.sort(Comparator.comparingInt(UndoRun.Step::position));
            steps = read;
            loaded = read;
        }
        return steps;
    }

    /** Forgets the last step. */
    void removeLast() {
        if (!recent.isEmpty()) {
            count(-recent.removeLast().heapBytes());
            return;
        }
        if (keptIsLast()) {
            count(-kept.removeLast().undo.heapBytes());
            base--;
            return;
        }
        List<UndoRun.Step> steps = load();
        UndoRun run = runs[runs.length - 1];
        steps.removeLast();
        base--;
        run.end(base);
        if (steps.isEmpty()) {
            loaded = null;
            runs = Arrays.copyOf(runs, runs.length - 1);
            SealedBlocks of = file;
            if (of != null) {
                of.cut(run.firstBlock());
                fileBytes = (long) of.count() * SealedBlocks.BLOCK;
            }
        }
    }

    // ---- looking ----

    /** What the last change of a row before a position replaced, among those in files; null if there is none. */
    UndoRun.@Nullable Found find(long writer, long content, byte[] key, int before) {
        UndoRun[] now = runs;
        for (int i = now.length - 1; i >= 0; i--) {
            UndoRun.Found found = now[i].find(writer, content, key, before);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    boolean isInFiles() {
        return runs.length > 0;
    }

    /** Whether any of the ranges has a row that was changed. */
    boolean touches(long writer, List<Txn.ReadRange> ranges) {
        // In this order: what leaves the heap meanwhile is in a run before.
        for (Undo undo : recent) {
            if (undo instanceof Undo.RowChange change) {
                for (Txn.ReadRange range : ranges) {
                    if (range.contains(change.tree().id(), change.key())) {
                        return true;
                    }
                }
            }
        }
        for (UndoRun run : runs) {
            for (Txn.ReadRange range : ranges) {
                if (run.touches(writer, range)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The locks taken. */
    List<Undo.LockTaken> locks() {
        List<Undo.LockTaken> locks = new ArrayList<>();
        for (Kept step : kept) {
            if (step.undo instanceof Undo.LockTaken taken) {
                locks.add(taken);
            }
        }
        for (Undo undo : recent) {
            if (undo instanceof Undo.LockTaken taken) {
                locks.add(taken);
            }
        }
        return locks;
    }

    // ---- tidying up; the transaction has committed and everybody sees it ----

    /** Cuts the older versions it made off their chains. */
    void cutVersions() {
        for (Undo undo : recent) {
            if (undo instanceof Undo.RowChange change && change.version() != null) {
                files.chains().cut(change.content(), change.key(), change.version());
            }
        }
    }

    /** Does what was put off, rows first. */
    void tidyUp(long writer) {
        for (UndoRun run : runs) {
            run.forEach(writer, step -> clean(writer, step.undo()));
        }
        for (Undo undo : recent) {
            clean(writer, undo);
        }
        for (Kept step : kept) {
            cleanUp(step.undo);
        }
        for (Undo undo : recent) {
            cleanUp(undo);
        }
    }

    private static void clean(long writer, Undo undo) {
        if (undo instanceof Undo.Later later) {
            later.cleaner().clean(later.content(), later.key(), writer, later.work());
        }
    }

    private static void cleanUp(Undo undo) {
        if (undo instanceof Undo.Cleanup cleanup) {
            cleanup.work().run();
        }
    }

    /** Forgets everything; nobody looks any more. */
    void close() {
        count(-heapBytes);
        recent = new ArrayList<>();
        kept = List.of();
        runs = NO_RUNS;
        loaded = null;
        SealedBlocks of = file;
        file = null;
        if (of != null) {
            of.close();
        }
        SharedFile with = shared;
        shared = null;
        if (with != null) {
            with.close();
        }
    }
}
