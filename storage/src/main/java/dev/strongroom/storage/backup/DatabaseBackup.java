package dev.strongroom.storage.backup;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.seal.StreamSealer;
import dev.strongroom.storage.backup.BackupDescription.Range;
import dev.strongroom.storage.backup.BackupDescription.Sealing;
import dev.strongroom.storage.boot.BackupFacts;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.log.LogMark;
import dev.strongroom.storage.log.LogSegmentInfo;
import dev.strongroom.storage.log.SegmentImage;
import dev.strongroom.storage.page.ChangedExtents;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Backs up one open database while it works: pages as they are on disk, and the log that makes them one moment's state
 * (storage-design section 10). The end of the log in the set is the moment it stands for. Used by one thread.
 */
public final class DatabaseBackup {
    private static final int LOG_CHUNK = 1 << 20;
    private static final int LOG_PREFIX = 2 * Long.BYTES;

    private final BackupSource source;
    private final BackupOrder order;
    private final KeyCollector keys;

    public DatabaseBackup(BackupSource source, BackupOrder order) {
        this.source = source;
        this.order = order;
        this.keys = new KeyCollector(source.boot());
    }

    /**
     * Writes the backup set; it is durable and remembered on return.
     *
     * @throws dev.strongroom.common.error.DatabaseException 3035, 4208, 4214 if this kind is not possible now; 3043 for a
     *     damaged page; what the files report
     */
    public BackupManifest write(MediaWriter media, BackupProgress progress) {
        BackupManifest manifest;
        try (LogRetention.Hold hold = source.retention().hold(order.kind().hasPages())) {
            manifest = order.kind().hasPages() ? pages(media, progress, hold) : log(media, progress, hold);
        }
        // What it has taken is not kept until the next checkpoint: old key versions go with it (TDE-323).
        source.checkpointer().trim();
        return manifest;
    }

    private BackupManifest pages(MediaWriter media, BackupProgress progress, LogRetention.Hold hold) {
        try (ChangedExtents.Recording changes = source.store().changes().record()) {
            return pages(media, progress, hold, changes);
        }
    }

    private BackupManifest pages(
            MediaWriter media, BackupProgress progress, LogRetention.Hold hold, ChangedExtents.Recording changes) {
        long start = source.clock().epochMicros();
        // A page freed from here on is changed by the log of the backup, so it must be in it.
        BitSet taken = source.space().takenPages();
        // So that recovery, and with it the log in the backup, begins in a segment of its own.
        source.log().switchSegmentIfRoom();
        source.checkpointer().checkpoint();
        BootRecord boot = source.boot().current();
        hold.from(boot.redoLsn());
        BackupFacts facts = boot.backup();
        boolean differential = order.kind() == BackupKind.DIFFERENTIAL;
        if (differential && facts.baseLsn() == 0) {
            throw NumberedError.BACKUP_NO_BASE
                    .report("cannot perform a differential backup for database \""
                            + order.origin().databaseName() + "\", because a current database backup does not exist")
                    .withHint("Perform a full database backup by reissuing BACKUP DATABASE, omitting the WITH"
                            + " DIFFERENTIAL option.")
                    .exception();
        }
        long pageCount = source.store().pageCount();
        BootRecord covered = boot.withCheckpoint(
                boot.manifest(), boot.redoLsn(), boot.checkpointLsn(), pageCount, false, boot.counters());
        Range range = new Range(boot.redoLsn(), 0, facts.baseLsn(), facts.baseUuid(), new byte[16]);
        BackupDescription first = description(covered, range, start);
        try (ChunkWriter out = new ChunkWriter(media, first, streamKey(first.sealing()), source.scheduler())) {
            out.writeClear(ChunkHeader.DESCRIPTION, first.encode());
            PageCopier.Choice choice = differential
                    ? new PageCopier.Choice(
                            taken, facts.baseLsn(), source.store().changes().since(facts.baseUuid()), changes)
                    : new PageCopier.Choice(taken, -1, null, null);
            long copied =
                    new PageCopier(source, out, keys, first.sealing().openedPages(), choice).copy(pageCount, progress);
            Range full = copyLog(out, boot.redoLsn(), range);
            BackupManifest manifest = finish(out, first, covered, full, copied);
            if (!differential && !order.origin().copyOnly()) {
                source.boot()
                        .update(record ->
                                record.withBackup(record.backup().withBase(full.firstLsn(), first.setUuid())));
                changes.isSince(first.setUuid());
            } else if (differential && choice.extents() == null) {
                // All pages were read: from here on it is known again.
                changes.isSince(facts.baseUuid());
            }
            return manifest;
        }
    }

    private BackupManifest log(MediaWriter media, BackupProgress progress, LogRetention.Hold hold) {
        long start = source.clock().epochMicros();
        BootRecord boot = source.boot().current();
        BackupFacts facts = boot.backup();
        String name = order.origin().databaseName();
        if (facts.recoveryModel() == BackupFacts.SIMPLE) {
            throw NumberedError.LOG_BACKUP_SIMPLE
                    .report("BACKUP LOG is not allowed while the recovery model of database \"" + name + "\" is SIMPLE")
                    .withHint("Use BACKUP DATABASE or change the recovery model using ALTER DATABASE.")
                    .exception();
        }
        if (facts.logBackupLsn() == 0) {
            throw NumberedError.LOG_BACKUP_WITHOUT_BASE.exception(
                    "BACKUP LOG cannot be performed because there is no current backup of database \"" + name + "\"");
        }
        hold.from(facts.logBackupLsn());
        Range range = new Range(facts.logBackupLsn(), 0, facts.baseLsn(), facts.baseUuid(), new byte[16]);
        BackupDescription first = description(boot, range, start);
        try (ChunkWriter out = new ChunkWriter(media, first, streamKey(first.sealing()), source.scheduler())) {
            out.writeClear(ChunkHeader.DESCRIPTION, first.encode());
            Range full = copyLog(out, facts.logBackupLsn(), range);
            progress.pages(1, 1);
            BackupManifest manifest = finish(out, first, source.boot().current(), full, 0);
            if (!order.origin().copyOnly()) {
                source.boot().update(record -> record.withBackup(record.backup().withLogBackup(full.lastLsn())));
            }
            return manifest;
        }
    }

    private BackupDescription description(BootRecord boot, Range range, long start) {
        byte[] uuid = new byte[16];
        source.randomness().fill(uuid);
        return new BackupDescription(
                uuid, order.kind(), order.origin(), boot, keys.all(), range, sealing(boot), start, 0, 0, 0);
    }

    /** A key of its own wins; a compressed backup of a sealed database opens the pages and seals the chunks instead. */
    private Sealing sealing(BootRecord boot) {
        byte[] nonce = new byte[24];
        source.randomness().fill(nonce);
        if (order.key() != null) {
            return new Sealing(order.compress(), order.compress(), order.wrappedKey(), true, nonce);
        }
        WrappedDek target = boot.encryption().key(boot.encryption().targetVersion());
        return order.compress() && target != null
                ? new Sealing(true, true, target, false, nonce)
                : new Sealing(false, order.compress(), null, false, nonce);
    }

    private @Nullable KeyVersion streamKey(Sealing sealing) {
        WrappedDek key = sealing.key();
        if (key == null) {
            return null;
        }
        return sealing.ownKey()
                ? order.key()
                : source.store().codec().protection().keys().require(key.keyVersion());
    }

    /** Copies all closed segments from an LSN on, once everything up to now is in one. */
    private Range copyLog(ChunkWriter out, long from, Range range) {
        LogMark.append(source.log(), source.clock().epochMicros(), "");
        source.log().switchSegmentIfRoom();
        List<LogSegmentInfo> segments = source.log().segments().stream()
                .filter(segment -> segment.endLsn() != Long.MAX_VALUE)
                .filter(segment -> !segment.isBefore(from))
                .toList();
        byte[] fork = range.forkUuid();
        long last = from;
        for (LogSegmentInfo info : segments) {
            try (SegmentImage segment = SegmentImage.open(source.files(), info.number(), info.endLsn())) {
                if (info == segments.getFirst()) {
                    fork = segment.header().segmentUuid();
                }
                keys.addFromSegment(segment.header().wrappedKey());
                copy(out, info.number(), segment);
            }
            last = info.endLsn();
        }
        keys.refresh();
        return new Range(range.firstLsn(), last, range.baseLsn(), range.baseUuid(), fork);
    }

    private static void copy(ChunkWriter out, long number, SegmentImage segment) {
        byte[] chunk = new byte[LOG_PREFIX + LOG_CHUNK + StreamSealer.TAG_BYTES];
        for (long position = 0; position < segment.usedBytes(); position += LOG_CHUNK) {
            int length = (int) Math.min(LOG_CHUNK, segment.usedBytes() - position);
            ByteBuffer buffer = ByteBuffer.wrap(chunk).putLong(number).putLong(position);
            segment.read(buffer.limit(LOG_PREFIX + length), position);
            chunk = out.write(ChunkHeader.LOG, chunk, LOG_PREFIX + length);
        }
    }

    private BackupManifest finish(ChunkWriter out, BackupDescription first, BootRecord boot, Range range, long pages) {
        BackupDescription last =
                first.finished(boot, keys.all(), range, source.clock().epochMicros(), pages, out.bytes());
        WrappedDek proving = last.provingKey();
        return out.finish(
                last, proving == null ? null : order.signers().of(proving).orElse(null));
    }
}
