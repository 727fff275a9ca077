package dev.strongroom.storage.backup;

import dev.strongroom.common.time.Scheduler;
import dev.strongroom.crypto.key.Jca;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Sums up chunks and writes them to the families in turn, beside the thread that makes them: reading and opening pages, and
 * hashing and writing them, are the two halves of a backup's work, and the disk takes in what was written beside both. A few
 * chunks wait at most. Used by one thread.
 */
final class WriteBehind implements AutoCloseable {
    private static final int SLOTS = 4;

    private final MediaWriter media;
    private final byte[] setUuid;
    private final Scheduler scheduler;
    private final Scheduler.Worker worker;
    private final Slot[] slots = new Slot[SLOTS];
    private final MessageDigest digest = Jca.digest("SHA-256");
    private final ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    /** Chunks handed over; a slot is read only after this has counted it. */
    private volatile long given;

    private volatile long done;
    private volatile @Nullable Throwable failure;
    private final Scheduler.Worker syncing;
    /** The family the disk is to have or is getting, -1 for none. */
    private volatile int unsynced = -1;

    /** What stands in a chunk's header, but for what follows from its bytes. */
    record Piece(int kind, boolean compressed, boolean sealed, int plain, int packed) {}

    private static final class Slot {
        private @Nullable Piece piece;
        private byte[] bytes = new byte[0];
        private int length;
    }

    WriteBehind(MediaWriter media, byte[] setUuid, Scheduler scheduler) {
        this.media = media;
        this.setUuid = setUuid;
        this.scheduler = scheduler;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
        worker = scheduler.start("backup", this::step);
        syncing = scheduler.start("backup-sync", this::sync);
    }

    /** Number of the next chunk. */
    long next() {
        return given;
    }

    /**
     * Hands over a chunk, bytes and all. Throws what writing an earlier one threw.
     *
     * @return an array to use instead, as long as this one
     */
    byte[] put(Piece piece, byte[] bytes, int length) {
        await(given - SLOTS);
        Slot slot = slots[(int) (given % SLOTS)];
        byte[] free = slot.bytes.length == bytes.length ? slot.bytes : new byte[bytes.length];
        slot.bytes = bytes;
        slot.piece = piece;
        slot.length = length;
        // One thread gives; the other only looks.
        given = given + 1;
        worker.wake();
        return free;
    }

    /** Waits until everything is written; 32 bytes for each chunk, in order. */
    byte[] drain() {
        await(given - 1);
        awaitSync();
        await(given - 1);
        return hashes.toByteArray();
    }

    /** Waits until more than this many chunks are written. */
    private void await(long count) {
        scheduler.await(this, () -> done > count || failure != null, Long.MAX_VALUE);
        Throwable thrown = failure;
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private long step() {
        if (failure != null || done == given) {
            return Long.MAX_VALUE;
        }
        try {
            write(slots[(int) (done % SLOTS)], done);
            done = done + 1;
        } catch (RuntimeException | Error thrown) {
            failure = thrown;
        }
        scheduler.signal(this);
        return 0;
    }

    private void write(Slot slot, long number) {
        Piece piece = slot.piece;
        if (piece == null) {
            throw new IllegalStateException("chunk " + number + " was not given");
        }
        byte[] header = header(piece, number, setUuid, slot.bytes, slot.length);
        digest.reset();
        digest.update(header);
        digest.update(slot.bytes, 0, slot.length);
        hashes.writeBytes(digest.digest());
        int family = (int) (number % media.familyCount());
        if (media.append(family, header, slot.bytes, slot.length)) {
            awaitSync();
            unsynced = family;
            syncing.wake();
        }
    }

    private void awaitSync() {
        scheduler.await(syncing, () -> unsynced < 0, Long.MAX_VALUE);
    }

    private long sync() {
        if (unsynced >= 0) {
            try {
                media.sync(unsynced);
            } catch (RuntimeException | Error thrown) {
                failure = thrown;
            }
            unsynced = -1;
            scheduler.signal(syncing);
        }
        return Long.MAX_VALUE;
    }

    static byte[] header(Piece piece, long number, byte[] setUuid, byte[] bytes, int stored) {
        int crc = ChunkHeader.crc(bytes, 0, stored);
        return new ChunkHeader(
                        piece.kind,
                        piece.compressed,
                        piece.sealed,
                        stored,
                        piece.plain,
                        piece.packed,
                        number,
                        setUuid,
                        crc)
                .encode();
    }

    @Override
    public void close() {
        worker.close();
        syncing.close();
    }
}
