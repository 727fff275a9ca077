package dev.strongroom.catalog.key;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what {@link FieldWriter} wrote. */
final class FieldReader {
    private final ByteBuffer buffer;

    FieldReader(byte[] body) {
        buffer = ByteBuffer.wrap(body);
    }

    int takeInt() {
        try {
            return buffer.getInt();
        } catch (BufferUnderflowException e) {
            throw damaged();
        }
    }

    long takeLong() {
        try {
            return buffer.getLong();
        } catch (BufferUnderflowException e) {
            throw damaged();
        }
    }

    UUID takeUuid() {
        return new UUID(takeLong(), takeLong());
    }

    String takeText() {
        return new String(requireBytes(), StandardCharsets.UTF_8);
    }

    byte[] requireBytes() {
        byte[] bytes = takeBytes();
        if (bytes == null) {
            throw damaged();
        }
        return bytes;
    }

    byte @Nullable [] takeBytes() {
        int length = takeInt();
        if (length < 0) {
            return null;
        }
        if (length > buffer.remaining()) {
            throw damaged();
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    /** Entries of earlier versions end where later ones have more to say. */
    boolean atEnd() {
        return !buffer.hasRemaining();
    }

    static DatabaseException damaged() {
        return NumberedError.KEY_DAMAGED.exception("an entry of the key catalog in \"master\" is damaged");
    }
}
