package dev.strongroom.storage.backup;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Fields one after the other: numbers big-endian, bytes and texts behind their length. */
final class Fields {
    private ByteBuffer buffer;

    private Fields(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    static Fields writer() {
        return new Fields(ByteBuffer.allocate(1024));
    }

    /** @throws IllegalArgumentException from any {@code take} when the bytes end too early */
    static Fields reader(byte[] bytes) {
        return new Fields(ByteBuffer.wrap(bytes));
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int size = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
            buffer = ByteBuffer.allocate(size).put(buffer.flip());
        }
        return buffer;
    }

    Fields putInt(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    Fields putLong(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    Fields putFlag(boolean value) {
        return putInt(value ? 1 : 0);
    }

    Fields putBytes(byte[] value) {
        putInt(value.length);
        room(value.length).put(value);
        return this;
    }

    Fields putText(String value) {
        return putBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    byte[] toBytes() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    int takeInt() {
        try {
            return buffer.getInt();
        } catch (BufferUnderflowException e) {
            throw tooShort();
        }
    }

    long takeLong() {
        try {
            return buffer.getLong();
        } catch (BufferUnderflowException e) {
            throw tooShort();
        }
    }

    boolean takeFlag() {
        return takeInt() != 0;
    }

    byte[] takeBytes() {
        int length = takeInt();
        if (length < 0 || length > buffer.remaining()) {
            throw tooShort();
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    String takeText() {
        return new String(takeBytes(), StandardCharsets.UTF_8);
    }

    /** Bytes taken so far. */
    int position() {
        return buffer.position();
    }

    private static IllegalArgumentException tooShort() {
        return new IllegalArgumentException("fields end too early");
    }
}
