package dev.strongroom.storage.simulation;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.List;

/** Which of the disk's faults strike, and which failures they explain. */
final class Faults {
    private static final String DATA = "data.";

    private final SimulatedDisk disk;
    private final SeededRandomness random;
    private Kind armed = Kind.POWER;
    private boolean damaged;
    private boolean stale;
    private boolean filled;
    private boolean full;

    private enum Kind {
        NONE,
        POWER,
        SYNC,
        FULL,
        READ,
        FLIP,
        LOST,
        MISDIRECTED
    }

    Faults(SimulatedDisk disk, SeededRandomness random) {
        this.disk = disk;
        this.random = random;
    }

    /** Arms what this life has in store; power may fail besides. */
    void arm() {
        armed = Kind.values()[random.below(24) < 16 ? random.below(2) : random.below(Kind.values().length)];
        long when = 1 + random.below(1 << 2 + random.below(10));
        switch (armed) {
            case NONE, FLIP -> {}
            case POWER -> disk.crashAfter(when);
            case SYNC -> disk.failSyncAfter(when);
            case FULL -> {
                full = true;
                disk.freeBytes(random.below(2) * random.below(200_000));
            }
            case READ -> disk.failNextRead();
            case LOST -> {
                disk.lieAbout(DATA);
                disk.loseWriteAfter(when);
                stale = true;
                damaged = true;
            }
            case MISDIRECTED -> {
                disk.lieAbout(DATA);
                disk.misdirectWriteAfter(when);
                stale = true;
                damaged = true;
            }
        }
    }

    /** Something at rest changes, if that is what this life has in store. */
    void strike() {
        if (armed == Kind.FLIP && random.oneIn(3)) {
            // A database that is being restored may have a file with nothing in it yet.
            List<String> files = disk.paths().stream()
                    .filter(path -> path.contains(DATA) && disk.bytes(path).length > 0)
                    .toList();
            String path = files.get(random.below(files.size()));
            int size = disk.bytes(path).length;
            disk.flipBit(path, random.below(size), random.below(8));
            damaged = true;
        }
        if (armed == Kind.READ && random.oneIn(3)) {
            disk.failNextRead();
        }
        if (armed == Kind.FULL && random.oneIn(4)) {
            makeRoom();
        }
    }

    /** Whether a finding is no more than the one read that failed. */
    boolean spoilsReads(Finding finding) {
        return armed == Kind.READ && finding.what().contains("Input/output error");
    }

    /** The disk is full for a while, whatever else this life has in store. */
    void fill() {
        filled = true;
        full = true;
        disk.freeBytes(random.below(2) * random.below(60_000));
    }

    /** Whether the disk may be full until somebody makes room. */
    boolean isFull() {
        return full;
    }

    /** A full disk has room again. */
    void makeRoom() {
        full = false;
        disk.freeBytes(Long.MAX_VALUE);
    }

    void heal() {
        full = false;
        disk.heal();
    }

    /** Pages may be wrong on the disk: whoever meets one is to say so. */
    boolean isDamaged() {
        return damaged;
    }

    /** A write was lost or went astray: a page may be an old one, which only verification finds. */
    boolean mayBeStale() {
        return stale;
    }

    boolean explain(DatabaseException failure) {
        // What was damaged in one life may be met in a later one.
        if (tells(failure) || filled && failure.code() == ErrorCode.DISK_FULL) {
            return true;
        }
        return switch (armed) {
            case FULL -> failure.code() == ErrorCode.DISK_FULL;
            // The media of a backup fail without the database.
            case READ, SYNC -> failure.code() == ErrorCode.IO_ERROR;
            default -> false;
        };
    }

    /** Whether a failure reports damage that was done; only a disk that lied makes a page an old one. */
    boolean tells(DatabaseException failure) {
        boolean old = failure.report().message().contains("the disk lost a write");
        return failure.code() == ErrorCode.DATA_CORRUPTED && (old ? stale : damaged);
    }
}
