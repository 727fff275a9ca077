package dev.strongroom.storage.log;

import dev.strongroom.crypto.dek.KeyVersion;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// First 4 KiB of a log segment. Big-endian.
///
/// ```text
/// 0     8   magic "SRLOGSG1"
/// 8     4   format, 1
/// 12    4   timeline
/// 16    8   epoch: raised by each opening for writing
/// 24    16  database UUID
/// 40    8   segment number
/// 48    16  segment UUID
/// 64    8   first LSN
/// 72    16  UUID of the segment before
/// 88    8   end LSN of the segment before: its bytes after that do not count (decision S-5)
/// 96    4   number of frames of the segment before
/// 100   16  tag of its last frame
/// 116   4   key version, 0 = plain
/// 120   4   algorithm, 0 plain, 1 XAES-256-GCM
/// 124   16  encryption id
/// 140   24  starting nonce
/// 164   20  thumbprint of the encryptor, zero if plain
/// 184   2   length n of the wrapped key (for RESTORE)
/// 186   n   wrapped key
/// 4076  4   CRC-32C of all before
/// 4080  16  MAC of all before under the key version's segment key, zero if plain
/// ```
public record SegmentHeader(
        int timeline,
        long epoch,
        byte[] databaseUuid,
        long number,
        byte[] segmentUuid,
        long firstLsn,
        byte[] previousUuid,
        long previousEnd,
        int previousFrames,
        byte[] previousTag,
        int keyVersion,
        byte[] encryptionId,
        byte[] startNonce,
        byte[] thumbprint,
        byte[] wrappedKey) {
    /** Bytes of a header. */
    public static final int SIZE = 4096;

    static final int TAG_BYTES = 16;
    private static final long MAGIC = 0x53524C4F47534731L;
    private static final int CRC = SIZE - 4 - TAG_BYTES;
    private static final int MAC = SIZE - TAG_BYTES;
    private static final int FORMAT = 1;

    boolean isSealed() {
        return keyVersion != 0;
    }

    /** The 4 KiB as they go to disk; {@code key} is the header's key version where it is sealed. */
    byte[] encode(@Nullable KeyVersion key) {
        byte[] bytes = new byte[SIZE];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putLong(MAGIC).putInt(FORMAT).putInt(timeline).putLong(epoch).put(databaseUuid);
        out.putLong(number).put(segmentUuid).putLong(firstLsn);
        out.put(previousUuid).putLong(previousEnd).putInt(previousFrames).put(previousTag);
        out.putInt(keyVersion)
                .putInt(isSealed() ? 1 : 0)
                .put(encryptionId)
                .put(startNonce)
                .put(thumbprint);
        out.putShort((short) wrappedKey.length).put(wrappedKey);
        out.putInt(CRC, crc(bytes));
        if (key != null) {
            byte[] mac = key.segment().shortMac(Arrays.copyOf(bytes, MAC));
            System.arraycopy(mac, 0, bytes, MAC, TAG_BYTES);
        }
        return bytes;
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CRC);
        return (int) crc.getValue();
    }

    /** Reads a header; null if it is none, or was torn while the segment was made. */
    static @Nullable SegmentHeader decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getLong() != MAGIC || in.getInt() != FORMAT || in.getInt(CRC) != crc(bytes)) {
            return null;
        }
        int timeline = in.getInt();
        long epoch = in.getLong();
        byte[] database = take(in, 16);
        long number = in.getLong();
        byte[] uuid = take(in, 16);
        long first = in.getLong();
        byte[] previous = take(in, 16);
        long end = in.getLong();
        int frames = in.getInt();
        byte[] tag = take(in, TAG_BYTES);
        int version = in.getInt();
        in.getInt();
        byte[] encryptionId = take(in, 16);
        byte[] nonce = take(in, 24);
        byte[] thumbprint = take(in, 20);
        byte[] wrapped = take(in, in.getShort() & 0xFFFF);
        return new SegmentHeader(
                timeline,
                epoch,
                database,
                number,
                uuid,
                first,
                previous,
                end,
                frames,
                tag,
                version,
                encryptionId,
                nonce,
                thumbprint,
                wrapped);
    }

    private static byte[] take(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    /** The tag the first frame is chained to. */
    static byte[] chainStart(byte[] encoded) {
        return Arrays.copyOfRange(encoded, MAC, SIZE);
    }

    static boolean isAuthentic(byte[] encoded, KeyVersion key) {
        return key.segment().verify(chainStart(encoded), Arrays.copyOf(encoded, MAC));
    }
}
