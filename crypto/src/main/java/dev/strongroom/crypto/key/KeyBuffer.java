package dev.strongroom.crypto.key;

import dev.strongroom.common.time.Randomness;
import java.io.Serial;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;
import javax.crypto.SecretKey;

/**
 * Secret bytes outside the Java heap (TDE-521), overwritten on close. Any thread may read; closing while another thread
 * reads makes that read fail, it never yields freed memory.
 */
public final class KeyBuffer implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes;

    private KeyBuffer(int length) {
        bytes = arena.allocate(length);
    }

    /** A copy of {@code source}, which is overwritten with zeros. */
    public static KeyBuffer takeOver(byte[] source) {
        KeyBuffer buffer = copyOf(source);
        Arrays.fill(source, (byte) 0);
        return buffer;
    }

    /** A copy of {@code source}, which the caller goes on owning. */
    public static KeyBuffer copyOf(byte[] source) {
        KeyBuffer buffer = new KeyBuffer(source.length);
        MemorySegment.copy(source, 0, buffer.bytes, ValueLayout.JAVA_BYTE, 0, source.length);
        return buffer;
    }

    public static KeyBuffer random(Randomness randomness, int length) {
        byte[] drawn = new byte[length];
        randomness.fill(drawn);
        return takeOver(drawn);
    }

    public int length() {
        return (int) bytes.byteSize();
    }

    /** A heap copy. The caller overwrites it as soon as it is used. */
    public byte[] copy() {
        return bytes.toArray(ValueLayout.JAVA_BYTE);
    }

    /** A second buffer with the same bytes and a life of its own. */
    public KeyBuffer duplicate() {
        return takeOver(copy());
    }

    /** Lends a heap copy to {@code user} and overwrites it afterwards. */
    public <T> T use(Function<byte[], T> user) {
        byte[] copy = copy();
        try {
            return user.apply(copy);
        } finally {
            Arrays.fill(copy, (byte) 0);
        }
    }

    /** True if both hold the same bytes; takes the same time wherever they differ. */
    public boolean sameAs(KeyBuffer other) {
        return use(mine -> other.use(theirs -> MessageDigest.isEqual(mine, theirs)));
    }

    /** A view for the JCA. It keeps nothing on the heap; each {@code getEncoded} is a copy the provider overwrites. */
    public SecretKey asKey(String algorithm) {
        return new View(this, algorithm);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            bytes.fill((byte) 0);
            arena.close();
        }
    }

    @Override
    public String toString() {
        return "KeyBuffer[" + bytes.byteSize() + " bytes]";
    }

    private static final class View implements SecretKey {
        @Serial
        private static final long serialVersionUID = 1L;

        private final transient KeyBuffer buffer;
        private final String algorithm;

        View(KeyBuffer buffer, String algorithm) {
            this.buffer = buffer;
            this.algorithm = algorithm;
        }

        @Override
        public String getAlgorithm() {
            return algorithm;
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return buffer.copy();
        }
    }
}
