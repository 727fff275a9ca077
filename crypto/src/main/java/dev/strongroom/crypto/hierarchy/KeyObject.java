package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.time.Randomness;
import java.nio.ByteBuffer;
import java.util.UUID;

/** What kind of thing a wrap holds; the code is part of the associated data and of key files. */
public enum KeyObject {
    SERVICE_MASTER_KEY(1),
    DATABASE_MASTER_KEY(2),
    PRIVATE_KEY(3),
    DATABASE_ENCRYPTION_KEY(4),
    TLS_KEY(5),
    CREDENTIAL(6),
    /** What authenticates boot records, kept when the service master key changes. */
    INSTANCE_KEY(7);

    private final int code;

    KeyObject(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** A random UUID (version 4) from the injected source. */
    public static UUID newGuid(Randomness randomness) {
        long high = (randomness.nextLong() & ~0xF000L) | 0x4000L;
        long low = (randomness.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    public static byte[] guidBytes(UUID guid) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(guid.getMostSignificantBits())
                .putLong(guid.getLeastSignificantBits())
                .array();
    }

    public static UUID guidOf(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
