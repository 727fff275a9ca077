package dev.strongroom.catalog.key;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Fields one after the other, big-endian; byte strings with their length before them, -1 for none. */
final class FieldWriter {
    private ByteBuffer buffer = ByteBuffer.allocate(1024);

    FieldWriter putInt(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    FieldWriter putLong(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    FieldWriter putUuid(UUID value) {
        return putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
    }

    FieldWriter putText(String value) {
        return putBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    FieldWriter putBytes(byte @Nullable [] value) {
        if (value == null) {
            return putInt(-1);
        }
        putInt(value.length);
        room(value.length).put(value);
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private ByteBuffer room(int length) {
        if (buffer.remaining() < length) {
            ByteBuffer larger = ByteBuffer.allocate(2 * buffer.capacity() + length);
            buffer = larger.put(buffer.flip());
        }
        return buffer;
    }
}
