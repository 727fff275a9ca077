package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.NoWait;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Large values as LZ4 blocks, where that saves an eighth: length of the value (4 bytes, big-endian), block. Done before pages
 * are sealed: sealed bytes do not compress. Pure Java, bounds checked. Thread-safe.
 */
final class LargeValueCompression {
    private static final int HEADER = 4;
    private static final int MAX_LENGTH = 1 << 30;
    /** Bytes that are unpacked in microseconds. */
    private static final int SHORT = 1 << 16;

    private static final LZ4Compressor COMPRESSOR = LZ4Factory.safeInstance().fastCompressor();
    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.safeInstance().safeDecompressor();

    private LargeValueCompression() {}

    /** The packed value, or the value itself where packing saves too little. */
    static byte[] pack(byte[] value) {
        int most = value.length - value.length / 8 - HEADER;
        if (most <= 0 || value.length > MAX_LENGTH) {
            return value;
        }
        byte[] packed = new byte[HEADER + most];
        ByteBuffer.wrap(packed).putInt(value.length);
        try {
            int length = COMPRESSOR.compress(value, 0, value.length, packed, HEADER, most);
            return Arrays.copyOf(packed, HEADER + length);
        } catch (LZ4Exception tooLong) {
            return value;
        }
    }

    /**
     * A value that {@link #pack} made smaller.
     *
     * @throws DatabaseException DATA_CORRUPTED
     */
    static byte[] unpack(byte[] packed) {
        int length = packed.length < HEADER ? -1 : ByteBuffer.wrap(packed).getInt();
        if (length < 0 || length > MAX_LENGTH) {
            throw damaged();
        }
        if (length > SHORT) {
            NoWait.check();
        }
        byte[] value = new byte[length];
        try {
            int unpacked = DECOMPRESSOR.decompress(packed, HEADER, packed.length - HEADER, value, 0);
            if (unpacked != length) {
                throw damaged();
            }
        } catch (LZ4Exception damage) {
            throw damaged();
        }
        return value;
    }

    private static DatabaseException damaged() {
        return new DatabaseException(ErrorCode.DATA_CORRUPTED, "compressed large value is damaged");
    }
}
