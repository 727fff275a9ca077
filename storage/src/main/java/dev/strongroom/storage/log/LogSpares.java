package dev.strongroom.storage.log;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.Scheduler;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Locale;

/**
 * Zeroed files beside the segments, the next ones to be. Their blocks are allocated, so that taking one needs no space: what
 * has to be written on a full disk, above all the undoing of transactions, fits in them. Thread-safe.
 */
final class LogSpares {
    private static final String SUFFIX = ".spare";
    private static final int CHUNK = 512 * 1024;
    private static final long UNIT = 2 << 20;

    private final StorageFiles files;
    private final long unit;
    private final long largest;
    /** Held during I/O; the next two are its. */
    private final Mutex changing;

    private final ArrayDeque<Spare> spares = new ArrayDeque<>();
    private long nextNumber = 1;
    private volatile long bytes;

    /** A file whose blocks are all there. */
    record Spare(String name, long size) {
        long room() {
            return size - SegmentHeader.SIZE;
        }
    }

    /**
     * Takes stock of what a former process left.
     *
     * @param segmentSize of an ordinary segment: no spare is larger
     */
    LogSpares(StorageFiles files, Scheduler scheduler, long segmentSize) {
        this.files = files;
        this.unit = Math.min(UNIT, segmentSize);
        this.largest = segmentSize;
        this.changing = new Mutex(scheduler);
        for (String name : files.list(LogReader.DIRECTORY)) {
            if (name.endsWith(SUFFIX)) {
                found(name);
            }
        }
    }

    private void found(String name) {
        String path = LogReader.DIRECTORY + "/" + name;
        nextNumber = Math.max(nextNumber, Long.parseLong(name, 0, name.length() - SUFFIX.length(), 10) + 1);
        long size;
        byte[] start = new byte[SegmentHeader.SIZE];
        try (StorageFile file = files.open(path)) {
            size = file.size();
            file.read(ByteBuffer.wrap(start), 0);
        }
        // One that is not blank may have become a segment, with a crash before its old name was gone.
        if (size < unit || size > largest || !Arrays.equals(start, new byte[SegmentHeader.SIZE])) {
            files.delete(path);
            return;
        }
        spares.add(new Spare(path, size));
        bytes += size - SegmentHeader.SIZE;
    }

    /** Smallest spare: what is kept for small transactions and for everything that is not a transaction's. */
    long unit() {
        return unit;
    }

    /** Room for frames in all spares. */
    long bytes() {
        return bytes;
    }

    /**
     * Makes one more if there are fewer than wanted, removes one if there are far more.
     *
     * @return whether it made one
     * @throws DatabaseException DISK_FULL; nothing is left of the attempt
     */
    boolean prepare(long wanted) {
        changing.lock();
        try {
            long missing = wanted - bytes;
            if (missing > 0) {
                add(missing);
                return true;
            }
            if (bytes - wanted > 2 * largest) {
                Spare surplus = spares.removeLast();
                bytes -= surplus.room();
                files.delete(surplus.name);
            }
            return false;
        } finally {
            changing.unlock();
        }
    }

    /** Takes the oldest, making it if there is none. It is the caller's to rename. */
    Spare take() {
        changing.lock();
        try {
            if (spares.isEmpty()) {
                add(1);
            }
            Spare taken = spares.removeFirst();
            bytes -= taken.room();
            return taken;
        } finally {
            changing.unlock();
        }
    }

    private void add(long missing) {
        long size = Math.clamp(missing + SegmentHeader.SIZE + unit - 1, unit, largest);
        size -= size % unit;
        String name = LogReader.DIRECTORY + "/" + String.format(Locale.ROOT, "%06d", nextNumber++) + SUFFIX;
        boolean done = false;
        StorageFile file = files.create(name);
        try {
            ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(CHUNK, size));
            for (long position = 0; position < size; position += zeros.capacity()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), size - position));
                file.write(zeros, position);
            }
            file.sync();
            files.syncDirectory(LogReader.DIRECTORY);
            done = true;
        } finally {
            file.close();
            if (!done && files.exists(name)) {
                files.delete(name);
            }
        }
        Spare made = new Spare(name, size);
        spares.add(made);
        bytes += made.room();
    }
}
