package dev.strongroom.storage.temp;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.seal.SealKind;
import dev.strongroom.crypto.seal.StreamSealer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A temporary file of sealed blocks, read in any order; it grows and is cut at its end. What is written where another block
 * was has another number, so no nonce is used twice and a stale block is not taken for a new one. One thread writes, any read.
 */
public final class SealedBlocks implements AutoCloseable {
    /** Most bytes of a block. */
    public static final int BLOCK = 32 * 1024;

    private static final int SEALED = BLOCK + StreamSealer.TAG_BYTES;

    private final TempFiles owner;
    private final long id;
    private final StorageFiles files;
    private final String path;
    private final StorageFile file;
    private final KeyVersion key;
    private final StreamSealer sealer;
    private final byte[] buffer = new byte[SEALED];
    private long nextNumber;

    // Guarded by using.
    private final Mutex using;
    /** Number each block was sealed under. */
    private long[] numbers = new long[16];

    private int blocks;
    private boolean closed;

    SealedBlocks(
            TempFiles owner,
            StorageFiles files,
            long id,
            String path,
            KeyVersion key,
            Randomness randomness,
            Scheduler scheduler) {
        this.owner = owner;
        this.id = id;
        this.files = files;
        this.key = key;
        this.sealer = StreamSealer.start(SealKind.TEMP, key, randomness);
        this.using = new Mutex(scheduler);
        this.path = path;
        this.file = files.create(path);
    }

    /** Number of the file among those of its database. */
    public long id() {
        return id;
    }

    /** Number of blocks; for who writes. */
    public int count() {
        return blocks;
    }

    /** What the next block will be sealed under: tells it from others in its place. */
    public long nextNumber() {
        return nextNumber;
    }

    /** Writes a block behind the last one. */
    public void append(byte[] plain) {
        long number = nextNumber++;
        System.arraycopy(plain, 0, buffer, 0, BLOCK);
        sealer.seal(buffer, 0, BLOCK, number, false);
        file.write(ByteBuffer.wrap(buffer), (long) blocks * SEALED);
        owner.grown(SEALED);
        using.lock();
        try {
            if (blocks == numbers.length) {
                numbers = Arrays.copyOf(numbers, blocks * 2);
            }
            numbers[blocks++] = number;
        } finally {
            using.unlock();
        }
    }

    /** Forgets all blocks from a place on. */
    public void cut(int count) {
        using.lock();
        try {
            owner.grown(-(long) (blocks - count) * SEALED);
            blocks = count;
            file.truncate((long) count * SEALED);
        } finally {
            using.unlock();
        }
    }

    /**
     * The content of a block; null if it was cut off or the file is closed.
     *
     * @param number what it was sealed under
     */
    public byte @Nullable [] read(int block, long number) {
        byte[] sealed = new byte[SEALED];
        using.lock();
        try {
            if (closed || block >= blocks || numbers[block] != number) {
                return null;
            }
            if (file.read(ByteBuffer.wrap(sealed), (long) block * SEALED) != SEALED) {
                throw new DatabaseException(ErrorCode.DATA_CORRUPTED, "temporary file ends early");
            }
        } finally {
            using.unlock();
        }
        byte[] plain = new byte[BLOCK];
        StreamSealer opener = new StreamSealer(SealKind.TEMP, key, sealer.startNonce());
        if (!opener.open(sealed, 0, BLOCK, number, false, plain, 0)) {
            throw new DatabaseException(ErrorCode.DATA_CORRUPTED, "temporary file is damaged");
        }
        return plain;
    }

    @Override
    public void close() {
        using.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            owner.grown(-(long) blocks * SEALED);
            file.close();
        } finally {
            using.unlock();
        }
        files.delete(path);
        owner.gone();
    }
}
