package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads one value's binary form; running past its end is 08P01, as in PostgreSQL. Not thread-safe. */
public final class BinaryInput {
    private final ByteBuffer bytes;

    public BinaryInput(byte[] array, int offset, int length) {
        bytes = ByteBuffer.wrap(array, offset, length);
    }

    public int remaining() {
        return bytes.remaining();
    }

    public int readByte() {
        require(1);
        return bytes.get();
    }

    public short readShort() {
        require(2);
        return bytes.getShort();
    }

    public int readInt() {
        require(4);
        return bytes.getInt();
    }

    public long readLong() {
        require(8);
        return bytes.getLong();
    }

    public byte[] readBytes(int length) {
        require(length);
        byte[] result = new byte[length];
        bytes.get(result);
        return result;
    }

    public byte[] readRest() {
        return readBytes(bytes.remaining());
    }

    /** The rest as text; refuses what is not UTF-8. */
    public String readRestAsText() {
        int length = bytes.remaining();
        String text = Utf8.decode(bytes.array(), bytes.arrayOffset() + bytes.position(), length);
        bytes.position(bytes.position() + length);
        return text;
    }

    /** A window over the next bytes, which are skipped here. */
    public BinaryInput slice(int length) {
        require(length);
        BinaryInput slice = new BinaryInput(bytes.array(), bytes.arrayOffset() + bytes.position(), length);
        bytes.position(bytes.position() + length);
        return slice;
    }

    private void require(int length) {
        if (length < 0 || bytes.remaining() < length) {
            throw new DatabaseException(ErrorCode.PROTOCOL_VIOLATION, "insufficient data left in message");
        }
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOfRange(
                bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.arrayOffset() + bytes.limit()));
    }
}
