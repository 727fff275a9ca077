package dev.strongroom.storage.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// What one log flush writes, from a 4 KiB boundary on. Big-endian.
///
/// ```text
/// 0    4   magic "SRFR"
/// 4    4   frame number, from 0 in each segment
/// 8    1   number of frames before it that were not known to be durable when it was written
/// 9    3   payload length n
/// 12   4   CRC-32C over segment UUID, this header without the CRC, payload and tag as stored
/// 16   8   LSN where the payload starts
/// 24   n   payload: whole records, sealed or plain
/// 24+n 16  tag; in a plain segment the CRC and 12 zero bytes, CRC counted with a zero tag
/// ```
///
/// The frames of one flush are synced together, before the next flush begins: only they can be torn, in any order.
final class FrameHeader {
    static final int SIZE = 24;
    static final int TAG_BYTES = 16;
    static final int ALIGNMENT = 4096;

    /** Longest payload. */
    static final int MAX_PAYLOAD = 1024 * 1024;

    /** Most frames of one flush. */
    static final int MAX_UNSYNCED = 255;

    private static final int MAGIC = 0x53524652;
    private static final int LENGTH_MASK = 0xFF_FFFF;
    private static final int CRC = 12;

    private FrameHeader() {}

    /** Bytes a frame takes on disk. */
    static int sizeOnDisk(int payload) {
        return SIZE + payload + TAG_BYTES + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /**
     * Puts the header.
     *
     * @param unsynced frames before it that are not known to be durable
     */
    static void put(ByteBuffer frame, int number, int unsynced, int payload, long firstLsn) {
        assert unsynced <= MAX_UNSYNCED;
        frame.putInt(0, MAGIC)
                .putInt(4, number)
                .putInt(8, unsynced << 24 | payload)
                .putInt(CRC, 0)
                .putLong(16, firstLsn);
    }

    static void seal(ByteBuffer frame, byte[] segmentUuid, int payload, boolean plain) {
        int crc = crc(frame, segmentUuid, payload, plain);
        frame.putInt(CRC, crc);
        if (plain) {
            frame.putInt(SIZE + payload, crc).putLong(SIZE + payload + 4, 0).putInt(SIZE + payload + 12, 0);
        }
    }

    private static int crc(ByteBuffer frame, byte[] segmentUuid, int payload, boolean plain) {
        CRC32C crc = new CRC32C();
        crc.update(segmentUuid);
        crc.update(frame.array(), frame.arrayOffset(), CRC);
        crc.update(frame.array(), frame.arrayOffset() + 16, 8 + payload + (plain ? 0 : TAG_BYTES));
        return (int) crc.getValue();
    }

    /** Payload length of the frame in these bytes, or -1 if none of the segment's with this number starts here. */
    static int payloadOf(ByteBuffer frame, int number) {
        if (frame.limit() < SIZE || frame.getInt(0) != MAGIC || (number >= 0 && frame.getInt(4) != number)) {
            return -1;
        }
        int payload = frame.getInt(8) & LENGTH_MASK;
        return payload <= 0 || payload > MAX_PAYLOAD ? -1 : payload;
    }

    /** Number of the first frame that may be torn although this one is not. */
    static int firstUnsynced(ByteBuffer frame) {
        return frame.getInt(4) - (frame.get(8) & 0xFF);
    }

    static int number(ByteBuffer frame) {
        return frame.getInt(4);
    }

    static long firstLsn(ByteBuffer frame) {
        return frame.getLong(16);
    }

    /** Whether a whole frame is intact. */
    static boolean isIntact(ByteBuffer frame, byte[] segmentUuid, int payload, boolean plain) {
        return frame.limit() >= SIZE + payload + TAG_BYTES
                && frame.getInt(CRC) == crc(frame, segmentUuid, payload, plain);
    }
}
