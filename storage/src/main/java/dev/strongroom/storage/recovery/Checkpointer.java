package dev.strongroom.storage.recovery;

import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.boot.BootFile;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.boot.EncryptionFacts;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.ActiveTransactions;
import dev.strongroom.storage.log.CounterSource;
import dev.strongroom.storage.log.Counters;
import dev.strongroom.storage.log.LocalLogStream;
import dev.strongroom.storage.log.RecordKind;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.page.PageManifest;
import java.util.function.UnaryOperator;

/**
 * Keeps recovery short and the log small: writes changed pages out while work goes on (a fuzzy checkpoint), then moves the redo
 * point in the boot record and drops log nobody needs. A background step does so when the log has grown or time has passed,
 * one batch of pages at a time, paced.
 */
public final class Checkpointer {
    private static final long BATCH_PAUSE_NANOS = 2_000_000;
    private static final long LOOK_NANOS = 100_000_000;

    private final BootFile boot;
    private final PageAccess pages;
    private final LocalLogStream log;
    private final ActiveTransactions active;
    private final CounterSource counters;
    private final Settings settings;
    private final Clock clock;
    private final StopSwitch stop;
    private final Mutex running;
    private final RecordWriter record = new RecordWriter();
    private volatile boolean erasePlainLog;
    private volatile long lastEnd;
    private volatile long lastNanos;
    /** Where the paced checkpoint that is under way takes the log to end; -1 without one. Changes under {@link #running}. */
    private volatile long paceUntil = -1;

    private volatile LogNeed need = () -> Long.MAX_VALUE;
    private volatile UnaryOperator<EncryptionFacts> scan = UnaryOperator.identity();
    private volatile Runnable trimmed = () -> {};

    /**
     * When to take a checkpoint.
     *
     * @param logBytes after so much log
     * @param nanos after so much time, if anything changed
     */
    public record Settings(long logBytes, long nanos) {
        public static final Settings DEFAULT = new Settings(64L << 20, 60_000_000_000L);
    }

    /** Who else needs old log: backups, replicas. */
    @FunctionalInterface
    public interface LogNeed {
        /** Nothing before this LSN is needed. */
        long oldestLsn();
    }

    /** The parts of a database a checkpoint deals with. */
    public record Parts(
            BootFile boot,
            PageAccess pages,
            LocalLogStream log,
            ActiveTransactions active,
            CounterSource counters,
            Clock clock,
            StopSwitch stop) {}

    public Checkpointer(Parts parts, Settings settings, Scheduler scheduler) {
        this.boot = parts.boot;
        this.pages = parts.pages;
        this.log = parts.log;
        this.active = parts.active;
        this.counters = parts.counters;
        this.clock = parts.clock;
        this.stop = parts.stop;
        this.settings = settings;
        this.running = new Mutex(scheduler);
        lastEnd = log.endLsn();
        lastNanos = clock.monotonicNanos();
    }

    /** Whether plain segments are overwritten before they are removed. */
    public void erasePlainLog(boolean erase) {
        erasePlainLog = erase;
    }

    /** Lets backups hold the log back. */
    public void keepLogFor(LogNeed newNeed) {
        need = newNeed;
    }

    /** Has each checkpoint save how far an encryption scan has come (TDE-304); the function must not block. */
    public void saveScanBy(UnaryOperator<EncryptionFacts> newScan) {
        scan = newScan;
    }

    /** Tells when log may have gone; the listener must not block. */
    public void onTrim(Runnable listener) {
        trimmed = listener;
    }

    /** Drops log that nobody needs any more, without a checkpoint. */
    public void trim() {
        running.lock();
        try {
            stop.check();
            trim(boot.current());
        } finally {
            running.unlock();
        }
    }

    private void trim(BootRecord now) {
        log.trim(Math.min(now.redoLsn(), need.oldestLsn()), erasePlainLog);
        trimmed.run();
    }

    /** Takes a checkpoint now and returns when it counts. */
    public void checkpoint() {
        checkpoint(false);
    }

    /** Takes the last checkpoint of a database nobody uses any more. */
    public void closing() {
        checkpoint(true);
    }

    private void checkpoint(boolean closing) {
        running.lock();
        try {
            long end = log.endLsn();
            while (pages.flusher().flushBelow(end) > 0) {
                stop.check();
            }
            // The paced one, should one be under way, has nothing left to do: its end lies before this one's.
            paceUntil = -1;
            finish(end, closing);
        } finally {
            running.unlock();
        }
    }

    private void finish(long flushedTo, boolean closing) {
        // The end first: what starts later cannot begin before it.
        long end = closing ? log.endLsn() : flushedTo;
        long redo = Math.min(pages.flusher().redoPoint(end), active.oldestStartLsn());
        Counters next = counters.counters();
        record.begin(RecordKind.CHECKPOINT, 0, 0, 0, false).putLong(redo).putLong(end);
        int length = record.finish();
        long lsn = log.append(record);
        log.durable(lsn);
        boolean clean = closing && redo == end;
        // Never back: what lies before the redo point of a durable boot record is no longer needed, and may be gone.
        long redoPoint = clean ? lsn : Math.max(redo, boot.current().redoLsn());
        long pageCount = pages.store().pageCount();
        PageManifest manifest = pages.store().manifest();
        trim(boot.update(old -> old.withCheckpoint(manifest, redoPoint, lsn, pageCount, clean, next)
                .withEncryption(scan.apply(old.encryption()))));
        // What others did meanwhile is left to the next, which is due when that has become much, or old.
        lastEnd = lsn - length == flushedTo ? lsn : flushedTo;
        lastNanos = clock.monotonicNanos();
    }

    /** The background step. */
    public long step() {
        if (stop.isStopped()) {
            return Long.MAX_VALUE;
        }
        long grown = log.endLsn() - lastEnd;
        boolean due = grown >= settings.logBytes
                || (grown > 0 && (log.isShort() || clock.monotonicNanos() - lastNanos >= settings.nanos));
        if (paceUntil < 0 && !due) {
            boolean ahead = pages.flusher().isCrowded() && pages.flusher().flushForSpace() > 0;
            return ahead ? 0 : Math.min(settings.nanos, LOOK_NANOS);
        }
        if (!running.tryLock()) {
            return BATCH_PAUSE_NANOS;
        }
        try {
            if (paceUntil < 0) {
                paceUntil = log.endLsn();
            }
            if (pages.flusher().flushBelow(paceUntil) > 0) {
                return BATCH_PAUSE_NANOS;
            }
            long end = paceUntil;
            paceUntil = -1;
            finish(end, false);
            return 0;
        } finally {
            running.unlock();
        }
    }
}
