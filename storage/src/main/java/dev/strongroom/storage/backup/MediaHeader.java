package dev.strongroom.storage.backup;

import dev.strongroom.common.error.FormatVersion;
import dev.strongroom.common.error.NumberedError;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * First 4 KiB of every file of a media set: magic "SRBACKUP", length, {@link Fields}, CRC-32C in the last four bytes.
 *
 * @param family number of the file in the set, from 1
 * @param families files of the set
 * @param encrypted its one backup set is sealed under a key of its own: nothing is appended (91009)
 */
public record MediaHeader(
        byte[] mediaUuid,
        int family,
        int families,
        boolean encrypted,
        long createdMicros,
        String name,
        String description) {
    static final int SIZE = 4096;
    private static final long MAGIC = 0x53524241434B5550L;
    private static final int FORMAT = 1;
    private static final int CRC = SIZE - 4;
    private static final int CONTENT = 16;

    byte[] encode() {
        byte[] fields = Fields.writer()
                .putBytes(mediaUuid)
                .putInt(family)
                .putInt(families)
                .putFlag(encrypted)
                .putLong(createdMicros)
                .putText(name)
                .putText(description)
                .toBytes();
        ByteBuffer out = ByteBuffer.allocate(SIZE);
        out.putLong(MAGIC).putInt(FORMAT).putInt(fields.length).put(fields);
        out.putInt(CRC, ChunkHeader.crc(out.array(), 0, CRC));
        return out.array();
    }

    /** Reads a header; null if these bytes are none. Throws {@link NumberedError#BACKUP_VERSION}. */
    static @Nullable MediaHeader decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length < SIZE || in.getLong() != MAGIC || in.getInt(CRC) != ChunkHeader.crc(bytes, 0, CRC)) {
            return null;
        }
        FormatVersion.check(NumberedError.BACKUP_VERSION, "the backup file", in.getInt(), FORMAT);
        int length = in.getInt();
        if (length < 0 || length > CRC - CONTENT) {
            return null;
        }
        try {
            Fields fields = Fields.reader(Arrays.copyOfRange(bytes, CONTENT, CONTENT + length));
            return new MediaHeader(
                    fields.takeBytes(),
                    fields.takeInt(),
                    fields.takeInt(),
                    fields.takeFlag(),
                    fields.takeLong(),
                    fields.takeText(),
                    fields.takeText());
        } catch (IllegalArgumentException damaged) {
            return null;
        }
    }

    /** The header of another file of the same set. */
    MediaHeader ofFamily(int number) {
        return new MediaHeader(mediaUuid, number, families, encrypted, createdMicros, name, description);
    }
}
