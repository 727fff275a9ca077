package dev.strongroom.storage.backup;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.storage.log.LogReader;
import dev.strongroom.storage.log.SegmentHeader;
import dev.strongroom.storage.log.SegmentImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts log segments of backups beside the pages, in an unbroken chain: each names the one before by its UUID. Segments get
 * their names once all of a backup are whole, durable and in their place. Used by one thread.
 */
final class LogLayer implements AutoCloseable {
    private static final String UNFINISHED = ".part";
    private static final String SEGMENT = ".seg";

    private final StorageFiles files;
    private final byte[] databaseUuid;
    private final BackupDescription.@Nullable Range range;
    /** Segments that are there, by number. */
    private final TreeMap<Long, SegmentHeader> present = new TreeMap<>();

    private long current = -1;
    private @Nullable StorageFile file;
    /** Segments that are complete and wait for their names, ascending. */
    private final List<Long> staged = new ArrayList<>();

    private LogLayer(StorageFiles files, byte[] databaseUuid, BackupDescription.@Nullable Range range) {
        this.files = files;
        this.databaseUuid = databaseUuid;
        this.range = range;
    }

    /** For a directory without log. */
    static LogLayer create(StorageFiles files, byte[] databaseUuid) {
        return new LogLayer(files, databaseUuid, null);
    }

    /** Goes on with the log that is there. */
    static LogLayer append(StorageFiles files, byte[] databaseUuid, BackupDescription.Range range) {
        LogLayer layer = new LogLayer(files, databaseUuid, range);
        for (String name : files.list(LogReader.DIRECTORY)) {
            String path = LogReader.DIRECTORY + "/" + name;
            if (!name.endsWith(SEGMENT)) {
                files.delete(path);
                continue;
            }
            byte[] head = new byte[SegmentHeader.SIZE];
            try (StorageFile segment = files.open(path)) {
                segment.read(ByteBuffer.wrap(head), 0);
            }
            SegmentHeader header = SegmentImage.headerOf(head);
            if (header != null) {
                layer.present.put(header.number(), header);
            }
        }
        return layer;
    }

    /** Removes all log. */
    static void clear(StorageFiles files) {
        for (String name : files.list(LogReader.DIRECTORY)) {
            files.delete(LogReader.DIRECTORY + "/" + name);
        }
        files.syncDirectory(LogReader.DIRECTORY);
    }

    /** Lays a piece of a segment. */
    void lay(ChunkReader chunk) {
        if (chunk.length() < 2 * Long.BYTES) {
            throw BackupErrors.damaged(chunk.device(), chunk.position(), "a chunk of log has the wrong length");
        }
        ByteBuffer in = ByteBuffer.wrap(chunk.payload(), 0, chunk.length());
        long number = in.getLong();
        long offset = in.getLong();
        if (offset == 0) {
            finishSegment();
            begin(chunk, number, in);
        } else if (number != current) {
            throw BackupErrors.damaged(chunk.device(), chunk.position(), "the beginning of a log segment is missing");
        }
        StorageFile open = file;
        if (open != null) {
            open.write(in, offset);
        }
    }

    private void begin(ChunkReader chunk, long number, ByteBuffer in) {
        byte[] head = new byte[Math.min(in.remaining(), SegmentHeader.SIZE)];
        in.get(in.position(), head);
        SegmentHeader header = SegmentImage.headerOf(head);
        if (header == null || header.number() != number || !Arrays.equals(header.databaseUuid(), databaseUuid)) {
            throw BackupErrors.damaged(
                    chunk.device(), chunk.position(), "log segment " + number + " is not what it says");
        }
        current = number;
        if (follows(header)) {
            String path = SegmentImage.pathOf(number) + UNFINISHED;
            if (files.exists(path)) {
                files.delete(path);
            }
            file = files.create(path);
            present.put(number, header);
        }
    }

    /** Whether a segment is the next one; false if it is there already or too old to matter. */
    private boolean follows(SegmentHeader header) {
        if (present.isEmpty()) {
            return true;
        }
        SegmentHeader same = present.get(header.number());
        if (same != null) {
            if (!Arrays.equals(same.segmentUuid(), header.segmentUuid())) {
                throw otherHistory("it branched off at LSN " + header.firstLsn());
            }
            return false;
        }
        SegmentHeader last = present.lastEntry().getValue();
        if (header.number() < last.number()) {
            return false;
        }
        if (header.number() > last.number() + 1) {
            throw NumberedError.LOG_TOO_RECENT
                    .report("the log in this backup set begins at LSN " + first()
                            + ", which is too recent to apply to the database")
                    .withHint("An earlier log backup that includes LSN " + last.firstLsn() + " can be restored.")
                    .exception();
        }
        if (!Arrays.equals(header.previousUuid(), last.segmentUuid())) {
            throw otherHistory("it branched off before LSN " + header.firstLsn());
        }
        return true;
    }

    private long first() {
        return range == null ? 0 : range.firstLsn();
    }

    /** 4330. */
    static DatabaseException otherHistory(String why) {
        return NumberedError.LOG_OTHER_FORK.exception(
                "this backup set cannot be applied because it is on a recovery path that is inconsistent with the"
                        + " database: " + why);
    }

    private void finishSegment() {
        StorageFile open = file;
        if (open == null) {
            return;
        }
        open.sync();
        open.close();
        file = null;
        staged.add(current);
    }

    /**
     * The last segment is complete; all of them fit what was there.
     *
     * @throws DatabaseException 4326 if log was to be added and there was none to add
     */
    void finish() {
        finishSegment();
        if (range != null && staged.isEmpty()) {
            throw NumberedError.LOG_TOO_EARLY.exception("the log in this backup set terminates at LSN "
                    + range.lastLsn() + ", which is too early to apply to the database");
        }
    }

    /** Makes the new segments part of the log, oldest first. */
    void publish() {
        for (long number : staged) {
            files.rename(SegmentImage.pathOf(number) + UNFINISHED, SegmentImage.pathOf(number));
            files.syncDirectory(LogReader.DIRECTORY);
        }
        staged.clear();
    }

    @Override
    public void close() {
        StorageFile open = file;
        if (open != null) {
            open.close();
            file = null;
        }
    }
}
