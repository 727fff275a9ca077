package dev.strongroom.storage.log;

import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A closed log segment as bytes, for backups: what is in use of it, checked frame by frame without any key. Used by one
 * thread.
 */
public final class SegmentImage implements AutoCloseable {
    private final StorageFile file;
    private final SegmentHeader header;
    private final long usedBytes;
    private final long endLsn;

    private SegmentImage(StorageFile file, SegmentHeader header, long usedBytes, long endLsn) {
        this.file = file;
        this.header = header;
        this.usedBytes = usedBytes;
        this.endLsn = endLsn;
    }

    /**
     * Opens a segment below a database's directory.
     *
     * @param endLsn where it ends; {@link Long#MAX_VALUE} for where its last good frame ends
     * @throws dev.strongroom.common.error.DatabaseException DATA_CORRUPTED (91002) if it is damaged before that
     */
    public static SegmentImage open(StorageFiles files, long number, long endLsn) {
        String name = LogReader.segmentName(number);
        StorageFile file = files.open(name);
        SegmentImage image = null;
        try {
            image = read(file, name, endLsn);
            return image;
        } finally {
            if (image == null) {
                file.close();
            }
        }
    }

    private static SegmentImage read(StorageFile file, String name, long endLsn) {
        byte[] head = new byte[SegmentHeader.SIZE];
        file.read(ByteBuffer.wrap(head), 0);
        SegmentHeader header = SegmentHeader.decode(head);
        if (header == null) {
            throw LogReader.damaged(name, "its header is unreadable");
        }
        ByteBuffer buffer = ByteBuffer.allocate(FrameHeader.sizeOnDisk(FrameHeader.MAX_PAYLOAD));
        long position = SegmentHeader.SIZE;
        long lsn = header.firstLsn();
        int frames = 0;
        long size = file.size();
        while (lsn < endLsn && position < size) {
            int payload = frame(file, header, position, frames, buffer);
            if (payload < 0 || FrameHeader.firstLsn(buffer) != lsn) {
                break;
            }
            lsn += payload;
            position += FrameHeader.sizeOnDisk(payload);
            frames++;
        }
        if (lsn < endLsn && endLsn != Long.MAX_VALUE) {
            throw LogReader.damaged(name, "frame " + frames + " at " + position + " is bad");
        }
        return new SegmentImage(file, header, position, Math.min(lsn, endLsn));
    }

    private static int frame(StorageFile file, SegmentHeader header, long position, int number, ByteBuffer buffer) {
        buffer.clear().limit(FrameHeader.ALIGNMENT);
        file.read(buffer, position);
        buffer.flip();
        int payload = FrameHeader.payloadOf(buffer, number);
        if (payload < 0) {
            return -1;
        }
        buffer.limit(FrameHeader.sizeOnDisk(payload));
        buffer.position(Math.min(FrameHeader.ALIGNMENT, buffer.limit()));
        file.read(buffer, position + FrameHeader.ALIGNMENT);
        buffer.flip();
        return FrameHeader.isIntact(buffer, header.segmentUuid(), payload, !header.isSealed()) ? payload : -1;
    }

    /** The header in the first bytes of a segment; null if it is none. */
    public static @Nullable SegmentHeader headerOf(byte[] start) {
        return start.length < SegmentHeader.SIZE
                ? null
                : SegmentHeader.decode(Arrays.copyOf(start, SegmentHeader.SIZE));
    }

    /** Path of a segment below a database's directory. */
    public static String pathOf(long number) {
        return LogReader.segmentName(number);
    }

    public SegmentHeader header() {
        return header;
    }

    /** Bytes of header and frames. */
    public long usedBytes() {
        return usedBytes;
    }

    public long endLsn() {
        return endLsn;
    }

    /** Reads bytes of it. */
    public void read(ByteBuffer into, long position) {
        file.read(into, position);
    }

    @Override
    public void close() {
        file.close();
    }
}
