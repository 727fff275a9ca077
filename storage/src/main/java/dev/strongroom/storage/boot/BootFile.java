package dev.strongroom.storage.boot;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.crypto.key.MacKey;
import java.util.function.UnaryOperator;

/** The boot record of one database in files {@code boot.0} and {@code boot.1}. Thread-safe. */
public final class BootFile {
    private static final String NAME = "boot";
    private static final long MAGIC = 0x5352424F4F543031L;

    private final TwoSlotRecord slots;
    private final MacKey key;
    private final Mutex writing;
    private volatile BootRecord current;

    private BootFile(TwoSlotRecord slots, MacKey key, Scheduler scheduler, BootRecord current) {
        this.slots = slots;
        this.key = key;
        this.writing = new Mutex(scheduler);
        this.current = current;
    }

    /** Writes the first record of a new database, to both slots. */
    public static BootFile create(StorageFiles files, MacKey key, Scheduler scheduler, BootRecord first) {
        BootFile boot = new BootFile(new TwoSlotRecord(files, NAME, MAGIC), key, scheduler, first);
        boot.writeTwice(record -> record);
        return boot;
    }

    /**
     * Reads the boot record.
     *
     * @throws DatabaseException DATA_CORRUPTED (91001) if it is missing, torn twice, or not written by this instance
     */
    public static BootFile open(StorageFiles files, MacKey key, Scheduler scheduler) {
        TwoSlotRecord slots = new TwoSlotRecord(files, NAME, MAGIC);
        byte[] content = slots.read();
        if (content == null) {
            throw unreadable("neither slot is whole");
        }
        if (!slots.isAuthentic(key)) {
            throw unreadable("it was not written by this instance");
        }
        return new BootFile(slots, key, scheduler, BootRecord.decode(content));
    }

    /** Whether a directory holds a database whose creation got as far as the boot record. */
    public static boolean exists(StorageFiles files) {
        return new TwoSlotRecord(files, NAME, MAGIC).read() != null;
    }

    static DatabaseException unreadable(String why) {
        return NumberedError.PAGE_AUTHENTICATION.exception("the boot record of the database is damaged: " + why);
    }

    public BootRecord current() {
        return current;
    }

    /** Raised by each write; {@code master} remembers it (S-2). */
    public long sequence() {
        return slots.sequence();
    }

    /** Changes the record durably. */
    public BootRecord update(UnaryOperator<BootRecord> change) {
        writing.lock();
        try {
            BootRecord next = change.apply(current);
            slots.write(next.encode(), key);
            current = next;
            return next;
        } finally {
            writing.unlock();
        }
    }

    /** Changes the record durably in both slots, so that no older one is left. */
    public BootRecord writeTwice(UnaryOperator<BootRecord> change) {
        update(change);
        return update(record -> record);
    }
}
