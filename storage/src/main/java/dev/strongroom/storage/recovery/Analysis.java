package dev.strongroom.storage.recovery;

import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.boot.EncryptionFacts;
import dev.strongroom.storage.log.Counters;
import dev.strongroom.storage.log.LogReader;
import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.RecordKind;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;

/** First pass of recovery: what the log says beyond the boot record, before any page is touched. */
public final class Analysis {
    /** Last LSN of each transaction that has neither committed nor ended its rollback. */
    private final Map<Long, Long> unfinished = new HashMap<>();

    private final Set<Long> prepared = new HashSet<>();
    private EncryptionFacts encryption;
    private Counters counters;
    private long pageCount;
    private long records;
    private long highestTransaction;
    private long highestTimestamp;
    private long highestTree;
    /** Writer of the latest record, 0 if it has ended, and where that record ends. */
    private long latest;

    private long latestLsn;

    /** Reads the log from the boot record's redo point. */
    public Analysis(BootRecord boot, LogReader log) {
        encryption = boot.encryption();
        counters = boot.counters();
        pageCount = boot.pageCount();
        log.forEach(boot.redoLsn(), this::look);
        settle();
        counters = counters.max(new Counters(highestTransaction + 1, highestTimestamp + 1, highestTree + 1, 0, 0));
    }

    private void look(LogRecord record) {
        records++;
        long transaction = record.transaction();
        highestTransaction = Math.max(highestTransaction, transaction);
        highestTree = Math.max(highestTree, record.tree());
        switch (record.kind()) {
            case RecordKind.COMMIT -> {
                ended(transaction);
                long timestamp = record.longAt(record.bodyOffset() + RecordKind.COMMIT_TIMESTAMP);
                highestTimestamp = Math.max(highestTimestamp, timestamp);
            }
            case RecordKind.ABORT -> ended(transaction);
            case RecordKind.PREPARE -> {
                wrote(transaction, record.lsn());
                prepared.add(transaction);
            }
            case RecordKind.GROW -> pageCount = Math.max(pageCount, record.longAt(record.bodyOffset()));
            case RecordKind.ENCRYPTION -> {
                if (record.lsn() > encryption.lsn()) {
                    ByteBuffer body = ByteBuffer.wrap(record.bytes(), record.bodyOffset(), record.bodyLength());
                    encryption = EncryptionFacts.decode(body, record.lsn());
                }
            }
            default -> {
                if (transaction != 0) {
                    wrote(transaction, record.lsn());
                }
            }
        }
    }

    /** Records of one transaction mostly follow one another: the map hears of the last. */
    private void wrote(long transaction, long lsn) {
        if (transaction != latest) {
            settle();
            latest = transaction;
        }
        latestLsn = lsn;
    }

    private void ended(long transaction) {
        if (transaction == latest) {
            latest = 0;
        }
        unfinished.remove(transaction);
    }

    private void settle() {
        if (latest != 0) {
            unfinished.put(latest, latestLsn);
        }
    }

    /**
     * Takes the prepared transactions that {@code master} decided to commit out of those to undo (S-1).
     *
     * @return their ids
     */
    public List<Long> takeCommitted(LongPredicate decided) {
        List<Long> committed = unfinished.keySet().stream()
                .filter(id -> prepared.contains(id) && decided.test(id))
                .sorted()
                .toList();
        committed.forEach(unfinished::remove);
        counters = counters.max(new Counters(0, counters.timestamp() + committed.size(), 0, 0, 0));
        return committed;
    }

    /** Transactions to undo, with the LSN of their last record. */
    public Map<Long, Long> unfinished() {
        return Map.copyOf(unfinished);
    }

    public EncryptionFacts encryption() {
        return encryption;
    }

    /** At least what the log's headers and commits show; observers raise the rest. */
    public Counters counters() {
        return counters;
    }

    public long pageCount() {
        return pageCount;
    }

    /** Records read. */
    public long records() {
        return records;
    }
}
