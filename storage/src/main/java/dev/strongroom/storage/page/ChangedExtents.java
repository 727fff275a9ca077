package dev.strongroom.storage.page;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which extents of a database hold pages that were written since its last full backup, so that a differential one need not
 * read the others (storage-design section 10). It may name too many, never too few: it lives in memory, an orderly stop hands
 * it on to the next start, and after any other nothing is known until a full or differential backup has gone through all
 * pages. Thread-safe.
 */
public final class ChangedExtents {
    /** Pages of an extent: 512 KiB. */
    public static final int PAGES = 64;

    private final List<Recording> recordings = new ArrayList<>();
    private @Nullable Recording current;
    private byte[] base = {};

    /**
     * What is written from a moment on. A backup begins one before its checkpoint: every page that is newer than the log of the
     * backup is written after that, so it is marked.
     */
    public final class Recording implements AutoCloseable {
        private final BitSet extents = new BitSet();

        private Recording() {}

        /** A page was changed since the base, as its LSN says. */
        public void found(long page) {
            synchronized (ChangedExtents.this) {
                extents.set((int) (page / PAGES));
            }
        }

        /** The backup is durable: these are the changes since its base. */
        public void isSince(byte[] baseUuid) {
            synchronized (ChangedExtents.this) {
                recordings.remove(current);
                current = this;
                base = baseUuid.clone();
            }
        }

        /** Ends it, unless it has become what counts. */
        @Override
        public void close() {
            synchronized (ChangedExtents.this) {
                if (current != this) {
                    recordings.remove(this);
                }
            }
        }
    }

    /** Pages are about to be written. */
    synchronized void written(PageBatch batch) {
        for (Recording recording : recordings) {
            for (int i = 0; i < batch.size(); i++) {
                recording.extents.set((int) (batch.page(i) / PAGES));
            }
        }
    }

    /** Begins to record. */
    public synchronized Recording record() {
        Recording recording = new Recording();
        recordings.add(recording);
        return recording;
    }

    /** What {@link #restore} takes: length of the base (4, big-endian), the base, the extents; empty if nothing is known. */
    public synchronized byte[] save() {
        Recording recording = current;
        if (recording == null) {
            return new byte[0];
        }
        byte[] extents = recording.extents.toByteArray();
        return ByteBuffer.allocate(Integer.BYTES + base.length + extents.length)
                .putInt(base.length)
                .put(base)
                .put(extents)
                .array();
    }

    /** Goes on from what {@link #save} gave, where no page has been written between. */
    public synchronized void restore(byte[] saved) {
        ByteBuffer in = ByteBuffer.wrap(saved);
        byte[] since = new byte[in.getInt()];
        in.get(since);
        Recording recording = record();
        recording.extents.or(BitSet.valueOf(in));
        recording.isSince(since);
    }

    /** Extents that may have changed since a base, by number; null if that is not known. */
    public synchronized @Nullable BitSet since(byte[] baseUuid) {
        Recording recording = current;
        return recording != null && Arrays.equals(base, baseUuid) ? (BitSet) recording.extents.clone() : null;
    }
}
