package dev.strongroom.storage.backup;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// First 64 bytes of a chunk. Big-endian.
///
/// ```text
/// 0    8   magic "SRBKCHK1"
/// 8    1   kind
/// 9    1   flags: 1 compressed, 2 sealed
/// 10   2   zero
/// 12   4   stored length of the payload, tag included
/// 16   4   length before compression
/// 20   4   length before sealing
/// 24   8   number of the chunk in its set, from 0
/// 32   16  UUID of the set
/// 48   8   zero
/// 56   4   CRC-32C of the stored payload
/// 60   4   CRC-32C of bytes 0 to 60
/// ```
record ChunkHeader(
        int kind,
        boolean compressed,
        boolean sealed,
        int storedLength,
        int plainLength,
        int packedLength,
        long number,
        byte[] setUuid,
        int payloadCrc) {
    static final int SIZE = 64;
    static final int DESCRIPTION = 1;
    static final int PAGES = 2;
    static final int LOG = 3;
    static final int MANIFEST = 4;

    /** Longest payload of any chunk but a manifest: a full chunk, a little that does not compress, and a tag. */
    static final int MAX_STORED = 2 << 20;

    private static final long MAGIC = 0x5352424B43484B31L;
    private static final int COMPRESSED = 1;
    private static final int SEALED = 2;
    private static final int CRC = 60;

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(SIZE);
        out.putLong(MAGIC).put((byte) kind);
        out.put((byte) ((compressed ? COMPRESSED : 0) | (sealed ? SEALED : 0))).putShort((short) 0);
        out.putInt(storedLength).putInt(plainLength).putInt(packedLength).putLong(number);
        out.put(setUuid).putLong(0).putInt(payloadCrc);
        out.putInt(CRC, crc(out.array(), 0, CRC));
        return out.array();
    }

    /** Reads a header; null if these bytes are none. */
    static @Nullable ChunkHeader decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length < SIZE || in.getLong() != MAGIC || in.getInt(CRC) != crc(bytes, 0, CRC)) {
            return null;
        }
        int kind = in.get();
        int flags = in.get();
        in.getShort();
        int stored = in.getInt();
        int plain = in.getInt();
        int packed = in.getInt();
        long number = in.getLong();
        byte[] uuid = Arrays.copyOfRange(bytes, 32, 48);
        boolean sane = stored >= 0 && plain >= 0 && packed >= 0 && number >= 0;
        boolean bounded = kind == MANIFEST || (stored <= MAX_STORED && plain <= MAX_STORED && packed <= MAX_STORED);
        return sane && bounded
                ? new ChunkHeader(
                        kind,
                        (flags & COMPRESSED) != 0,
                        (flags & SEALED) != 0,
                        stored,
                        plain,
                        packed,
                        number,
                        uuid,
                        in.getInt(56))
                : null;
    }

    static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
