package dev.strongroom.storage.log;

import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.seal.FrameSealer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Proves a log segment that is in memory: its header, and every frame by checksum and authentication tag. */
public final class SegmentCheck {
    private SegmentCheck() {}

    /**
     * Checks a segment.
     *
     * @param segment header and frames, from index 0
     * @param length bytes of it
     * @param keys the keys it may name
     * @return what is wrong; null if nothing is
     */
    public static @Nullable String check(byte[] segment, int length, DatabaseKeys keys) {
        SegmentHeader header = SegmentImage.headerOf(segment);
        if (header == null) {
            return "its header is unreadable";
        }
        KeyVersion key = header.isSealed() ? keys.find(header.keyVersion()) : null;
        byte[] head = Arrays.copyOf(segment, SegmentHeader.SIZE);
        if (header.isSealed() && (key == null || !SegmentHeader.isAuthentic(head, key))) {
            return "its header is not authentic";
        }
        FrameSealer sealer = key == null ? null : new FrameSealer(key, header.segmentUuid(), header.startNonce());
        byte[] tag = SegmentHeader.chainStart(head);
        byte[] opened = new byte[FrameHeader.MAX_PAYLOAD + FrameHeader.TAG_BYTES];
        long lsn = header.firstLsn();
        int number = 0;
        for (int position = SegmentHeader.SIZE; position < length; number++) {
            byte[] frame = Arrays.copyOfRange(
                    segment, position, Math.min(length, position + FrameHeader.sizeOnDisk(FrameHeader.MAX_PAYLOAD)));
            ByteBuffer fields = ByteBuffer.wrap(frame);
            int payload = FrameHeader.payloadOf(fields, number);
            if (payload < 0
                    || FrameHeader.firstLsn(fields) != lsn
                    || !FrameHeader.isIntact(fields, header.segmentUuid(), payload, sealer == null)) {
                return "frame " + number + " is damaged";
            }
            FrameSealer.FramePosition place = new FrameSealer.FramePosition(number, lsn);
            if (sealer != null && !sealer.open(frame, FrameHeader.SIZE, payload, place, tag, 0, opened, 0)) {
                return "frame " + number + " is not authentic";
            }
            int tagAt = FrameHeader.SIZE + payload;
            tag = Arrays.copyOfRange(frame, tagAt, tagAt + FrameHeader.TAG_BYTES);
            lsn += payload;
            position += FrameHeader.sizeOnDisk(payload);
        }
        Arrays.fill(opened, (byte) 0);
        return null;
    }
}
