package dev.strongroom.storage.log;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.seal.FrameSealer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log as a crash left it: checks that the segments follow one another without a gap, finds the end, hands out records
 * forwards, and single records for undo. Where the tail is torn it ends; anything missing or changed before that is 91002.
 * Used by one thread.
 */
public final class LogReader implements AutoCloseable {
    /** Directory of the segments. */
    public static final String DIRECTORY = "log";

    /** A frame that was found intact. */
    private record Frame(long position, int payload, long firstLsn, byte[] tag) {}

    /** A segment with its frames. */
    private record Segment(
            String name, StorageFile file, SegmentHeader header, byte[] chainStart, List<Frame> frames, long endLsn) {
        byte[] lastTag() {
            return frames.isEmpty() ? chainStart : frames.getLast().tag;
        }
    }

    private final StorageFiles files;
    private final byte[] databaseUuid;
    private final LogKeys keys;
    private final long stop;
    private final List<Segment> segments = new ArrayList<>();
    private final List<String> unusable = new ArrayList<>();
    private final List<LogSegmentInfo> obsolete = new ArrayList<>();
    private byte[] buffer = new byte[FrameHeader.sizeOnDisk(FrameHeader.MAX_PAYLOAD)];
    private byte[] payload = new byte[FrameHeader.MAX_PAYLOAD + FrameHeader.TAG_BYTES];
    private @Nullable Frame loaded;
    private boolean keeping;

    private LogReader(StorageFiles files, byte[] databaseUuid, LogKeys keys, long stop) {
        this.files = files;
        this.databaseUuid = databaseUuid;
        this.keys = keys;
        this.stop = stop;
    }

    /**
     * Opens the log below a database's directory.
     *
     * @param from nothing that ends at or before this LSN is needed: older segments may be half erased
     * @throws DatabaseException DATA_CORRUPTED (91002)
     */
    public static LogReader open(StorageFiles files, byte[] databaseUuid, LogKeys keys, long from) {
        return open(files, databaseUuid, keys, from, Long.MAX_VALUE);
    }

    /**
     * As {@link #open(StorageFiles, byte[], LogKeys, long)}, with the log ending at an LSN between two records: for a restore
     * to that moment. Segments beyond are among the {@link #unusableFiles}.
     */
    public static LogReader open(StorageFiles files, byte[] databaseUuid, LogKeys keys, long from, long stop) {
        LogReader reader = new LogReader(files, databaseUuid, keys, stop);
        boolean opened = false;
        try {
            reader.findSegments(from);
            opened = true;
            return reader;
        } finally {
            if (!opened) {
                reader.close();
            }
        }
    }

    /** A process may have died before it had synced what is read here; what follows will rely on it. */
    void makeDurable() {
        if (!segments.isEmpty()) {
            segments.getLast().file.sync();
        }
        files.syncDirectory(DIRECTORY);
    }

    static String segmentName(long number) {
        return DIRECTORY + "/" + String.format(Locale.ROOT, "%016d.seg", number);
    }

    private void findSegments(long from) {
        List<SegmentFile> found = new ArrayList<>();
        for (String name : files.list(DIRECTORY)) {
            if (!name.endsWith(".seg")) {
                continue;
            }
            StorageFile file = files.open(DIRECTORY + "/" + name);
            byte[] head = new byte[SegmentHeader.SIZE];
            file.read(ByteBuffer.wrap(head), 0);
            SegmentHeader header = SegmentHeader.decode(head);
            if (header == null || !segmentName(header.number()).endsWith(name)) {
                // Only the newest can be unfinished: its header is synced before anything is written behind it.
                file.close();
                unusable.add(DIRECTORY + "/" + name);
                continue;
            }
            if (!Arrays.equals(header.databaseUuid(), databaseUuid)) {
                file.close();
                throw damaged(name, "it belongs to another database");
            }
            if (!unusable.isEmpty()) {
                file.close();
                throw damaged(unusable.getFirst(), "its header is unreadable and a segment follows it");
            }
            found.add(new SegmentFile(name, file, header, head));
        }
        for (int i = 0; i < found.size(); i++) {
            SegmentFile segment = found.get(i);
            SegmentHeader next = i + 1 < found.size() ? found.get(i + 1).header : null;
            if (next != null && next.firstLsn() <= from) {
                obsolete.add(info(segment.header, next.firstLsn(), segment.file.size()));
                segment.file.close();
            } else if (!segments.isEmpty() && segment.header.firstLsn() >= stop) {
                segment.file.close();
                unusable.add(DIRECTORY + "/" + segment.name);
            } else {
                readSegment(segment, next);
            }
        }
        if (from > endLsn() || from < startLsn()) {
            throw damaged(DIRECTORY, "it holds " + startLsn() + " to " + endLsn() + ", recovery starts at " + from);
        }
    }

    private static LogSegmentInfo info(SegmentHeader header, long endLsn, long size) {
        return new LogSegmentInfo(
                header.number(), header.firstLsn(), endLsn, size, header.keyVersion(), header.thumbprint());
    }

    private record SegmentFile(String name, StorageFile file, SegmentHeader header, byte[] encoded) {}

    private void readSegment(SegmentFile segment, @Nullable SegmentHeader next) {
        SegmentHeader header = segment.header;
        if (!segments.isEmpty()) {
            SegmentHeader before = segments.getLast().header;
            if (header.number() != before.number() + 1 || !Arrays.equals(header.previousUuid(), before.segmentUuid())) {
                throw damaged(segment.name, "it does not follow segment " + before.number());
            }
        }
        if (header.isSealed()) {
            KeyVersion key = keys.find(header.keyVersion());
            if (key == null) {
                throw damaged(segment.name, "it names key version " + header.keyVersion() + ", which is not open");
            }
            if (!SegmentHeader.isAuthentic(segment.encoded, key)) {
                throw damaged(segment.name, "its header is not authentic");
            }
        }
        List<Frame> frames = new ArrayList<>();
        long lsn = header.firstLsn();
        long position = SegmentHeader.SIZE;
        long size = segment.file.size();
        boolean stopsHere = stop < (next == null ? Long.MAX_VALUE : next.previousEnd());
        long end = stopsHere ? stop : next == null ? Long.MAX_VALUE : next.previousEnd();
        while (position < size && lsn < end) {
            Frame frame = readFrame(segment, position, size, frames.size());
            if (frame == null || frame.firstLsn != lsn) {
                break;
            }
            frames.add(frame);
            lsn += frame.payload;
            position += FrameHeader.sizeOnDisk(frame.payload);
        }
        // A history that branched off in the middle of a frame ends there.
        lsn = Math.min(lsn, end);
        byte[] chainStart = SegmentHeader.chainStart(segment.encoded);
        Segment read = new Segment(segment.name, segment.file, header, chainStart, frames, lsn);
        if (stopsHere) {
            if (lsn != stop) {
                throw damaged(segment.name, "it ends at " + lsn + ", the restore is to stop at " + stop);
            }
        } else if (next == null) {
            refuseLaterFrames(segment, position, size, frames.size());
        } else if (lsn != next.previousEnd()
                || frames.size() != next.previousFrames()
                || !Arrays.equals(read.lastTag(), next.previousTag())) {
            throw damaged(segment.name, "it ends at " + lsn + ", expected " + next.previousEnd());
        }
        segments.add(read);
    }

    private @Nullable Frame readFrame(SegmentFile segment, long position, long size, int number) {
        ByteBuffer frame = ByteBuffer.wrap(buffer);
        frame.limit(FrameHeader.ALIGNMENT);
        segment.file.read(frame, position);
        frame.flip();
        int length = FrameHeader.payloadOf(frame, number);
        if (length < 0 || position + FrameHeader.sizeOnDisk(length) > size) {
            return null;
        }
        if (FrameHeader.SIZE + length + FrameHeader.TAG_BYTES > FrameHeader.ALIGNMENT) {
            frame.limit(FrameHeader.sizeOnDisk(length));
            frame.position(FrameHeader.ALIGNMENT);
            segment.file.read(frame, position + FrameHeader.ALIGNMENT);
            frame.flip();
        }
        if (!FrameHeader.isIntact(frame, segment.header.segmentUuid(), length, !segment.header.isSealed())) {
            return null;
        }
        int tagAt = FrameHeader.SIZE + length;
        return new Frame(
                position,
                length,
                FrameHeader.firstLsn(frame),
                Arrays.copyOfRange(buffer, tagAt, tagAt + FrameHeader.TAG_BYTES));
    }

    /** A bad frame followed by a good one that was written when the first was durable is no torn tail. */
    private void refuseLaterFrames(SegmentFile segment, long from, long size, int expected) {
        ByteBuffer head = ByteBuffer.allocate(FrameHeader.ALIGNMENT);
        for (long position = from + FrameHeader.ALIGNMENT; position < size; position += FrameHeader.ALIGNMENT) {
            head.clear();
            segment.file.read(head, position);
            head.flip();
            int length = FrameHeader.payloadOf(head, -1);
            if (length >= 0 && FrameHeader.number(head) > expected) {
                boolean synced = FrameHeader.firstUnsynced(head) > expected;
                Frame later = readFrame(segment, position, size, FrameHeader.number(head));
                if (later != null && synced) {
                    throw damaged(segment.name, "frame " + expected + " is bad, a later one is not");
                }
            }
        }
    }

    /** Error 91002. */
    static DatabaseException damaged(String segment, String why) {
        return NumberedError.LOG_AUTHENTICATION.exception("log segment \"" + segment + "\" is damaged: " + why);
    }

    /** Where the log ends. */
    public long endLsn() {
        return segments.isEmpty() ? 0 : segments.getLast().endLsn;
    }

    /** Where the oldest segment starts. */
    public long startLsn() {
        return segments.isEmpty() ? 0 : segments.getFirst().header.firstLsn();
    }

    public boolean isEmpty() {
        return segments.isEmpty();
    }

    /** Files without a usable header, to be removed. */
    public List<String> unusableFiles() {
        return List.copyOf(unusable);
    }

    /** All segments, oldest first. */
    public List<LogSegmentInfo> infos() {
        List<LogSegmentInfo> infos = new ArrayList<>(obsolete);
        for (Segment segment : segments) {
            infos.add(info(segment.header, segment.endLsn, segment.file.size()));
        }
        return infos;
    }

    /** Header of the newest segment. */
    SegmentHeader lastHeader() {
        return segments.getLast().header;
    }

    int lastFrames() {
        return segments.getLast().frames.size();
    }

    byte[] lastTag() {
        return segments.getLast().lastTag();
    }

    /** Takes records in log order. */
    @FunctionalInterface
    public interface RecordConsumer {
        void accept(LogRecord record);
    }

    /** As {@link #forEach}, but the bytes of a record stay as they are when the next is handed out. */
    public void forEachKept(long after, RecordConsumer consumer) {
        keeping = true;
        try {
            forEach(after, consumer);
        } finally {
            keeping = false;
        }
    }

    /** Hands out every record that ends after an LSN. */
    public void forEach(long after, RecordConsumer consumer) {
        LogRecord record = new LogRecord();
        for (Segment segment : segments) {
            if (segment.endLsn <= after) {
                continue;
            }
            for (int i = 0; i < segment.frames.size(); i++) {
                Frame frame = segment.frames.get(i);
                if (frame.firstLsn + frame.payload <= after) {
                    continue;
                }
                load(segment, i);
                byte[] bytes = payload;
                for (int at = 0; at < frame.payload && frame.firstLsn + at < segment.endLsn; ) {
                    if (!LogRecord.isWhole(bytes, at, frame.payload)) {
                        throw damaged(segment.name, "a record at " + (frame.firstLsn + at) + " is malformed");
                    }
                    int length = LogRecord.lengthAt(bytes, at);
                    at += length;
                    if (frame.firstLsn + at > after) {
                        consumer.accept(record.at(bytes, at - length, frame.firstLsn + at));
                    }
                }
            }
        }
    }

    /** The record that ends at an LSN; valid until the next call. */
    public LogRecord endingAt(long lsn) {
        for (Segment segment : segments) {
            if (lsn <= segment.header.firstLsn() || lsn > segment.endLsn) {
                continue;
            }
            for (int i = 0; i < segment.frames.size(); i++) {
                Frame frame = segment.frames.get(i);
                if (lsn > frame.firstLsn && lsn <= frame.firstLsn + frame.payload) {
                    load(segment, i);
                    int end = (int) (lsn - frame.firstLsn);
                    int length = end < LogRecord.MIN_LENGTH ? 0 : LogRecord.lengthAt(payload, end - 4);
                    if (length < LogRecord.MIN_LENGTH
                            || length > end
                            || !LogRecord.isWhole(payload, end - length, end)) {
                        throw damaged(segment.name, "no record ends at " + lsn);
                    }
                    return new LogRecord().at(Arrays.copyOfRange(payload, end - length, end), 0, lsn);
                }
            }
        }
        throw damaged(DIRECTORY, "the record ending at " + lsn + " is missing");
    }

    /** Brings a frame's opened payload into {@link #payload}. */
    private void load(Segment segment, int index) {
        Frame frame = segment.frames.get(index);
        if (loaded == frame) {
            return;
        }
        loaded = null;
        if (keeping) {
            payload = new byte[frame.payload + FrameHeader.TAG_BYTES];
        } else if (payload.length < frame.payload + FrameHeader.TAG_BYTES) {
            payload = new byte[FrameHeader.MAX_PAYLOAD + FrameHeader.TAG_BYTES];
        }
        ByteBuffer into = ByteBuffer.wrap(buffer);
        into.limit(FrameHeader.SIZE + frame.payload + FrameHeader.TAG_BYTES);
        segment.file.read(into, frame.position);
        SegmentHeader header = segment.header;
        if (header.isSealed()) {
            KeyVersion key = keys.find(header.keyVersion());
            if (key == null) {
                throw damaged(segment.name, "key version " + header.keyVersion() + " is not open");
            }
            byte[] previous = index == 0 ? segment.chainStart : segment.frames.get(index - 1).tag;
            FrameSealer sealer = new FrameSealer(key, header.segmentUuid(), header.startNonce());
            FrameSealer.FramePosition position = new FrameSealer.FramePosition(index, frame.firstLsn);
            if (!sealer.open(buffer, FrameHeader.SIZE, frame.payload, position, previous, 0, payload, 0)) {
                throw damaged(segment.name, "frame " + index + " is not authentic");
            }
        } else {
            System.arraycopy(buffer, FrameHeader.SIZE, payload, 0, frame.payload);
        }
        loaded = frame;
    }

    @Override
    public void close() {
        segments.forEach(segment -> segment.file.close());
        segments.clear();
        Arrays.fill(payload, (byte) 0);
        loaded = null;
    }
}
