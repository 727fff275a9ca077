package dev.strongroom.storage.log;

import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.List;

/** Files that keep nothing, but look at each frame of the log that goes to one of them: whole records, one behind the other. */
final class CheckedFiles implements StorageFiles {
    private static final long FIRST_LSN = 1;

    private volatile long writtenLsn = FIRST_LSN;
    private volatile long syncedLsn = FIRST_LSN;
    private volatile boolean whole = true;

    /** End of the last frame that was synced. */
    long syncedLsn() {
        return syncedLsn;
    }

    /** Whether every record so far was as it was appended. */
    boolean isWhole() {
        return whole;
    }

    private void frame(ByteBuffer frame) {
        int payload = FrameHeader.payloadOf(frame, -1);
        if (payload < 0) {
            return;
        }
        byte[] bytes = new byte[FrameHeader.SIZE + payload];
        frame.get(0, bytes);
        int end = bytes.length;
        int at = FrameHeader.SIZE;
        while (at < end && isWhole(bytes, at, end)) {
            at += LogRecord.lengthAt(bytes, at);
        }
        long first = FrameHeader.firstLsn(frame);
        if (at != end || first != writtenLsn && writtenLsn != FIRST_LSN) {
            whole = false;
        }
        writtenLsn = first + payload;
    }

    private static boolean isWhole(byte[] bytes, int at, int end) {
        if (!LogRecord.isWhole(bytes, at, end)) {
            return false;
        }
        LogRecord record = new LogRecord().at(bytes, at, 0);
        int body = record.bodyOffset();
        for (int i = 0; i < record.bodyLength(); i += Long.BYTES) {
            if (record.longAt(body + i) != record.longAt(body)) {
                return false;
            }
        }
        return true;
    }

    private final class Segment implements StorageFile {
        private final String path;

        Segment(String path) {
            this.path = path;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public int read(ByteBuffer into, long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(ByteBuffer from, long position) {
            if (position >= SegmentHeader.SIZE && path.endsWith(".seg")) {
                frame(from);
            }
        }

        @Override
        public long size() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void truncate(long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sync() {
            // Spares are synced too, by another thread; they hold no frames.
            if (path.endsWith(".seg")) {
                syncedLsn = writtenLsn;
            }
        }

        @Override
        public void close() {}
    }

    @Override
    public StorageFile open(String path) {
        return new Segment(path);
    }

    @Override
    public StorageFile create(String path) {
        return new Segment(path);
    }

    @Override
    public boolean exists(String path) {
        return false;
    }

    @Override
    public void delete(String path) {}

    @Override
    public void rename(String from, String to) {}

    @Override
    public void createDirectory(String path) {}

    @Override
    public void deleteDirectory(String path) {}

    @Override
    public List<String> list(String directory) {
        return List.of();
    }

    @Override
    public void syncDirectory(String directory) {}

    @Override
    public StorageFiles below(String directory) {
        return this;
    }

    @Override
    public AutoCloseable lock(String path) {
        return () -> {};
    }
}
