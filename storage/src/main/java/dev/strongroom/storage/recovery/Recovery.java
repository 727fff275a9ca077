package dev.strongroom.storage.recovery;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.log.LogReader;
import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.log.RecordHandlers;
import dev.strongroom.storage.log.RecordKind;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.log.RedoHandler;
import dev.strongroom.storage.log.UndoHandler;
import dev.strongroom.storage.space.BitmapPage;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Second and third pass of recovery: repeats history on the pages, then undoes what lost (Mohan et al., ARIES, 1992). Every
 * page must be in the state its next record expects; anything else is a write the disk lost, found here. Used by one
 * thread; pages are redone by several.
 */
public final class Recovery {
    private final LogReader log;
    private final RecordHandlers handlers;
    private final PageAccess pages;
    private final LongAdder applied = new LongAdder();

    public Recovery(LogReader log, RecordHandlers handlers, PageAccess pages) {
        this.log = log;
        this.handlers = handlers;
        this.pages = pages;
    }

    /**
     * Shows every record to the observers, in log order, and applies it where a page has not seen it.
     *
     * @param threads how many change pages; with one it is the caller's
     * @return page changes applied
     */
    public long redo(long from, int threads, Scheduler scheduler) {
        if (threads == 1) {
            log.forEach(from, record -> {
                handlers.seen(record);
                for (int section = 0; section < record.sectionCount(); section++) {
                    redo(record, section);
                }
            });
            return applied.sum();
        }
        RedoPartitions partitions = new RedoPartitions(threads, scheduler, this::redo);
        try {
            log.forEachKept(from, record -> {
                handlers.seen(record);
                for (int section = 0; section < record.sectionCount(); section++) {
                    partitions.add(record, section);
                }
            });
            partitions.finish();
        } finally {
            partitions.close();
        }
        return applied.sum();
    }

    private void redo(LogRecord record, int section) {
        long page = record.page(section);
        int frame;
        if (record.formats(section)) {
            frame = pages.fixNew(page);
        } else {
            frame = pages.fixExclusive(page);
            long lsn = pages.lsn(frame);
            boolean seen = lsn >= record.lsn();
            boolean fits = lsn == record.previousPageLsn(section);
            if (seen || !fits) {
                pages.unfixExclusive(frame);
                if (!seen) {
                    throw lostWrite(page, lsn, record, section);
                }
                return;
            }
        }
        try {
            apply(record, section, frame);
            pages.logged(frame, record.lsn());
            applied.increment();
        } finally {
            pages.unfixExclusive(frame);
        }
    }

    private void apply(LogRecord record, int section, int frame) {
        if (record.ofSpace(section)) {
            BitmapPage.apply(record, section, pages.memory(), pages.offset(frame));
            return;
        }
        RedoHandler handler = handlers.redoOf(record.kind());
        if (handler == null) {
            throw unknown(record);
        }
        handler.apply(record, section, pages.memory(), pages.offset(frame));
    }

    private static DatabaseException unknown(LogRecord record) {
        return ErrorReport.fatal(
                        ErrorCode.DATA_CORRUPTED,
                        "log record of kind " + record.kind() + " at " + record.lsn() + " is unknown to this server")
                .exception();
    }

    private static DatabaseException lostWrite(long page, long lsn, LogRecord record, int section) {
        return NumberedError.PAGE_AUTHENTICATION.exception("page " + page
                + " is not the one the log expects: it has LSN " + lsn + ", the record at " + record.lsn() + " follows "
                + record.previousPageLsn(section) + "; the disk lost a write or put it in the wrong place");
    }

    /**
     * Logs the commits that {@code master} had decided on when the crash came.
     *
     * @param firstTimestamp of the first of them
     */
    public static void commit(List<Long> decided, long firstTimestamp, long epochMicros, LogStream stream) {
        RecordWriter writer = new RecordWriter();
        long timestamp = firstTimestamp;
        for (long transaction : decided) {
            writer.begin(RecordKind.COMMIT, transaction, 0, 0, false);
            stream.append(writer.putLong(timestamp++).putLong(epochMicros));
        }
        if (!decided.isEmpty()) {
            stream.durable(stream.endLsn());
        }
    }

    /** Undoes the transactions that lost, newest first, and marks each as ended. */
    public void undo(Map<Long, Long> unfinished, LogStream stream) {
        List<Map.Entry<Long, Long>> losers = unfinished.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<Long, Long> e) -> e.getValue())
                        .reversed())
                .toList();
        RecordWriter writer = new RecordWriter();
        for (Map.Entry<Long, Long> loser : losers) {
            for (long lsn = loser.getValue(); lsn != 0; ) {
                LogRecord record = log.endingAt(lsn);
                long previous = record.previousLsn();
                if (record.isUndoable()) {
                    UndoHandler handler = handlers.undoOf(record.kind());
                    if (handler == null) {
                        throw unknown(record);
                    }
                    handler.undo(record);
                }
                lsn = previous;
            }
            stream.append(writer.begin(RecordKind.ABORT, loser.getKey(), 0, 0, false));
        }
        if (!losers.isEmpty()) {
            stream.durable(stream.endLsn());
        }
    }
}
