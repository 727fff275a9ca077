package dev.strongroom.storage.log;

import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.seal.FrameSealer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The segment being written. Used by the log step alone. */
final class SegmentWriter implements AutoCloseable {
    private static final int ZERO_AHEAD = 512 * 1024;
    private static final int SMALLEST_SHARE = 16;

    private final StorageFile file;
    private final SegmentHeader header;
    private final long capacity;
    private final @Nullable FrameSealer sealer;
    private final byte[] tag;
    private final FrameBuffer buffer;
    private long position = SegmentHeader.SIZE;
    private long zeroed;
    private int frames;
    private int unsynced;
    private long endLsn;

    private SegmentWriter(
            StorageFile file,
            SegmentHeader header,
            byte[] chainStart,
            Extent extent,
            @Nullable KeyVersion key,
            FrameBuffer buffer) {
        this.file = file;
        this.buffer = buffer;
        this.header = header;
        this.capacity = extent.capacity;
        this.zeroed = extent.allocated;
        this.tag = chainStart;
        this.endLsn = header.firstLsn();
        sealer = key == null ? null : new FrameSealer(key, header.segmentUuid(), header.startNonce());
    }

    /** Room for a frame, handed from segment to segment; as large as the largest so far. */
    static final class FrameBuffer {
        private byte[] frame = new byte[0];
        private ByteBuffer direct = ByteBuffer.allocate(0);

        void ensure(int size) {
            if (size > frame.length) {
                int length =
                        Math.max(size, Math.min(2 * frame.length, FrameHeader.sizeOnDisk(FrameHeader.MAX_PAYLOAD)));
                frame = new byte[length];
                direct = ByteBuffer.allocateDirect(length);
            }
        }
    }

    /** How long a segment may become, and how much of that has its blocks already. */
    private record Extent(long capacity, long allocated) {}

    /** What the segment before left behind. */
    record Before(int timeline, long epoch, long number, byte[] uuid, long endLsn, int frames, byte[] tag) {}

    /** Makes the segment after another of a spare, durably, sealed under the key of the day. */
    static SegmentWriter create(
            LocalLogStream.Environment environment, Before before, LogSpares.Spare spare, FrameBuffer buffer) {
        StorageFiles files = environment.files();
        LogKeys keys = environment.keys();
        Randomness randomness = environment.randomness();
        long capacity = environment.segmentSize();
        byte[] databaseUuid = environment.databaseUuid();
        KeyVersion key = keys.target();
        int version = key == null ? 0 : key.number();
        byte[] uuid = new byte[16];
        randomness.fill(uuid);
        byte[] nonce = new byte[24];
        byte[] encryptionId = new byte[16];
        if (key != null) {
            new NonceSource(randomness).next(nonce, 0);
            key.putEncryptionId(encryptionId, 0);
        }
        LogKeys.Wrapped wrapped = key == null ? LogKeys.Wrapped.NONE : keys.wrapped(version);
        SegmentHeader header = new SegmentHeader(
                before.timeline,
                before.epoch,
                databaseUuid,
                before.number + 1,
                uuid,
                before.endLsn,
                before.uuid,
                before.endLsn,
                before.frames,
                before.tag,
                version,
                encryptionId,
                nonce,
                wrapped.thumbprint(),
                wrapped.key());
        byte[] encoded = header.encode(key);
        String name = LogReader.segmentName(header.number());
        files.rename(spare.name(), name);
        StorageFile file = files.open(name);
        boolean done = false;
        try {
            file.write(ByteBuffer.wrap(encoded), 0);
            file.sync();
            files.syncDirectory(LogReader.DIRECTORY);
            done = true;
            Extent extent = new Extent(capacity, spare.size());
            return new SegmentWriter(file, header, SegmentHeader.chainStart(encoded), extent, key, buffer);
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    boolean hasRoom(int payload) {
        return position + FrameHeader.sizeOnDisk(payload) <= capacity || frames == 0;
    }

    /** Longest payload of a frame that is not one long record. */
    int preferredPayload() {
        return (int) Math.min(FrameHeader.MAX_PAYLOAD, capacity / SMALLEST_SHARE);
    }

    /**
     * Writes one frame; it is durable after {@link #sync}.
     *
     * @throws dev.strongroom.common.error.DatabaseException DISK_FULL: the segment ends before this frame. Its nonce may be
     *     on the disk, so nothing else is written in its place; the records go to the next segment.
     */
    void write(byte[] records, int offset, int length) {
        int size = FrameHeader.sizeOnDisk(length);
        zeroAhead(size);
        buffer.ensure(size);
        byte[] frame = buffer.frame;
        ByteBuffer direct = buffer.direct;
        ByteBuffer out = ByteBuffer.wrap(frame);
        FrameHeader.put(out, frames, unsynced, length, endLsn);
        System.arraycopy(records, offset, frame, FrameHeader.SIZE, length);
        if (sealer != null) {
            FrameSealer.FramePosition where = new FrameSealer.FramePosition(frames, endLsn);
            sealer.seal(frame, FrameHeader.SIZE, length, where, tag, 0);
        }
        FrameHeader.seal(out, header.segmentUuid(), length, sealer == null);
        int used = FrameHeader.SIZE + length + FrameHeader.TAG_BYTES;
        java.util.Arrays.fill(frame, used, size, (byte) 0);
        direct.clear();
        direct.put(frame, 0, size).flip();
        file.write(direct, position);
        System.arraycopy(frame, FrameHeader.SIZE + length, tag, 0, FrameHeader.TAG_BYTES);
        position += size;
        endLsn += length;
        frames++;
        unsynced++;
        if (unsynced > FrameHeader.MAX_UNSYNCED) {
            sync();
        }
    }

    /** Makes all frames written durable. */
    void sync() {
        if (unsynced > 0) {
            file.sync();
            unsynced = 0;
        }
    }

    /** Has blocks allocated ahead, so that most syncs need not touch the file system's own records. */
    private void zeroAhead(int size) {
        if (position + size > zeroed && zeroed < capacity) {
            int length = (int) Math.min(capacity - zeroed, ZERO_AHEAD + (long) size);
            file.write(ByteBuffer.allocate(length), zeroed);
            zeroed += length;
        }
    }

    /** Bytes that can be written without asking the file system for space. */
    long room() {
        return Math.max(0, zeroed - position);
    }

    SegmentHeader header() {
        return header;
    }

    long endLsn() {
        return endLsn;
    }

    long capacity() {
        return capacity;
    }

    Before asBefore() {
        return new Before(
                header.timeline(), header.epoch(), header.number(), header.segmentUuid(), endLsn, frames, tag.clone());
    }

    @Override
    public void close() {
        file.close();
    }
}
