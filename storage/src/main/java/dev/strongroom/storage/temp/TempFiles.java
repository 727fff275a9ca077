package dev.strongroom.storage.temp;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.key.KeyBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes temporary files of one database. All are sealed, whether the database is or not, under a random key that only this
 * process ever knows; what a crash leaves behind is unreadable and removed at the next start. Thread-safe.
 */
public final class TempFiles implements AutoCloseable {
    private static final String DIRECTORY = "temp";

    private final @Nullable StorageFiles files;
    private final @Nullable Randomness randomness;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private @Nullable KeyVersion key;

    private TempFiles(@Nullable StorageFiles files, @Nullable Randomness randomness) {
        this.files = files;
        this.randomness = randomness;
    }

    /**
     * Removes what an earlier process left.
     *
     * @param files the database's directory
     */
    public static TempFiles open(StorageFiles files, Randomness randomness) {
        for (String left : files.list(DIRECTORY)) {
            files.delete(DIRECTORY + "/" + left);
        }
        return new TempFiles(files, randomness);
    }

    /** For work that must fit memory: {@link #create} fails. */
    public static TempFiles none() {
        return new TempFiles(null, null);
    }

    /** Makes an empty file; it goes when it is closed. */
    public TempFile create() {
        StorageFiles directory = files;
        Randomness random = randomness;
        if (directory == null || random == null) {
            throw noRoom();
        }
        KeyVersion sealing = key(directory, random);
        String path = DIRECTORY + "/" + next.incrementAndGet();
        TempFile made = new TempFile(this, directory, path, sealing, random);
        open.incrementAndGet();
        return made;
    }

    /** Whether files can be made at all. */
    public boolean isAvailable() {
        return files != null;
    }

    /** Makes an empty file of blocks; it goes when it is closed. */
    public SealedBlocks createBlocks(Scheduler scheduler) {
        StorageFiles directory = files;
        Randomness random = randomness;
        if (directory == null || random == null) {
            throw noRoom();
        }
        KeyVersion sealing = key(directory, random);
        long id = next.incrementAndGet();
        SealedBlocks made = new SealedBlocks(this, directory, id, DIRECTORY + "/" + id, sealing, random, scheduler);
        open.incrementAndGet();
        return made;
    }

    private static DatabaseException noRoom() {
        return new DatabaseException(ErrorCode.OUT_OF_MEMORY, "there is no room for temporary files");
    }

    private synchronized KeyVersion key(StorageFiles directory, Randomness random) {
        KeyVersion made = key;
        if (made == null) {
            directory.createDirectory(DIRECTORY);
            byte[] id = new byte[KeyVersion.ENCRYPTION_ID_BYTES];
            byte[] secret = new byte[DekAlgorithm.AES_256.keyBytes()];
            random.fill(id);
            random.fill(secret);
            try (KeyBuffer dek = KeyBuffer.takeOver(secret)) {
                made = KeyVersion.derive(1, id, DekAlgorithm.AES_256, dek);
            }
            key = made;
        }
        return made;
    }

    void grown(long by) {
        bytes.addAndGet(by);
    }

    void gone() {
        open.decrementAndGet();
    }

    /** Files there are now. */
    public int openFiles() {
        return open.get();
    }

    /** Files made so far, whether they are still there or not. */
    public long filesMade() {
        return next.get();
    }

    /** Bytes of all temporary files there are. */
    public long bytes() {
        return bytes.get();
    }

    @Override
    public synchronized void close() {
        if (key != null) {
            key.close();
            key = null;
        }
    }
}
