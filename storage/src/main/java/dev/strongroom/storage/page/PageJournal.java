package dev.strongroom.storage.page;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.crypto.key.MacKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;

/// The page journal: each batch is written here in one piece and synced before any of its pages is written in place, so
/// that a torn page always has a whole copy (double write). Two areas, used alternately. At start every page of the
/// newest
/// whole area is written in place once more (decision S-10). It holds the same protected bytes as the pages.
///
/// ```text
/// area    8 KiB header, then CAPACITY pages
/// header, big-endian:
/// 0       8     magic "SRJOURN2"
/// 8       16    database UUID
/// 24      8     sequence
/// 32      4     number of pages n, 0 = idle
/// 36      12n   page number (8), CRC-32C of the copy (4)
/// ...           {@link PageManifest} as of the end of the batch (S-11)
/// ...     32    MAC of all before, under the instance's key
/// ```
public final class PageJournal implements AutoCloseable {
    /** Name of the file. */
    public static final String FILE = "journal";

    private static final long MAGIC = 0x53524A4F55524E32L;
    private static final int HEADER = PageLayout.PAGE_SIZE;
    private static final int ENTRIES = 36;
    private static final int ENTRY = 12;
    private static final int UUID_BYTES = 16;
    /** Pages of a batch there is room for from the start. */
    private static final int FEWEST = 32;

    private static final long AREA = HEADER + (long) PageBatch.CAPACITY * PageLayout.PAGE_SIZE;

    private final StorageFile file;
    private final byte[] databaseUuid;
    private final MacKey mac;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int allocated;
    private long sequence;
    private PageManifest manifest = PageManifest.EMPTY;

    private PageJournal(StorageFile file, byte[] databaseUuid, MacKey mac) {
        this.file = file;
        this.databaseUuid = databaseUuid.clone();
        this.mac = mac;
        // The second area is always allocated last.
        long second = file.size() - AREA - HEADER;
        allocated = Math.clamp(second / PageLayout.PAGE_SIZE, 0, PageBatch.CAPACITY);
    }

    /** Makes the file of a new database, with room for small batches; the caller syncs the directory. */
    public static void create(StorageFiles files) {
        try (StorageFile file = files.create(FILE)) {
            ByteBuffer zeros = ByteBuffer.allocate(HEADER + FEWEST * PageLayout.PAGE_SIZE);
            file.write(zeros, 0);
            file.write(zeros.clear(), AREA);
            file.sync();
        }
    }

    /**
     * Pages of a batch for which both areas have blocks: writing pages out must work when the disk is full.
     *
     * @param more whether to allocate blocks for twice as many, if there is space for them
     */
    int batchPages(boolean more) {
        if ((more || allocated < FEWEST) && allocated < PageBatch.CAPACITY) {
            try {
                allocate(Math.clamp(2L * allocated, FEWEST, PageBatch.CAPACITY));
            } catch (DatabaseException failure) {
                if (failure.code() != ErrorCode.DISK_FULL) {
                    throw failure;
                }
            }
        }
        return allocated;
    }

    /** Nothing that counts stands where this writes: batches so far were shorter. */
    private void allocate(int pages) {
        ByteBuffer zeros = ByteBuffer.allocate((pages - allocated) * PageLayout.PAGE_SIZE);
        long from = HEADER + (long) allocated * PageLayout.PAGE_SIZE;
        file.write(zeros, from);
        file.write(zeros.clear(), AREA + from);
        allocated = pages;
    }

    public static PageJournal open(StorageFiles files, byte[] databaseUuid, MacKey mac) {
        return new PageJournal(files.open(FILE), databaseUuid, mac);
    }

    /** Number the next batch will have. */
    long nextSequence() {
        return sequence + 1;
    }

    /** The manifest of the newest whole area, as {@link #repair} found it; EMPTY if there is none. */
    PageManifest manifest() {
        return manifest;
    }

    /**
     * Writes a protected batch durably.
     *
     * @param order its pages as they are to stand here
     */
    void write(PageBatch batch, int[] order, PageManifest after) {
        sequence++;
        byte[] header = header(batch, order, after);
        room(HEADER + batch.size() * PageLayout.PAGE_SIZE);
        buffer.put(header).put(mac.mac(header)).position(HEADER);
        for (int index : order) {
            buffer.put(batch.image(index));
        }
        buffer.flip();
        file.write(buffer, area(sequence));
        file.sync();
    }

    /** The images of the batch written last, from one place in its order up to another, until the next is written. */
    ByteBuffer images(int from, int to) {
        return buffer.slice(HEADER + from * PageLayout.PAGE_SIZE, (to - from) * PageLayout.PAGE_SIZE);
    }

    private byte[] header(PageBatch batch, int[] order, PageManifest after) {
        byte[] sums = after.encode();
        byte[] header = new byte[ENTRIES + ENTRY * batch.size() + sums.length];
        ByteBuffer fields = ByteBuffer.wrap(header);
        fields.putLong(MAGIC).put(databaseUuid).putLong(sequence).putInt(batch.size());
        CRC32C crc = new CRC32C();
        for (int index : order) {
            crc.reset();
            crc.update(batch.image(index));
            fields.putLong(batch.page(index)).putInt((int) crc.getValue());
        }
        fields.put(sums);
        return header;
    }

    /** Empties the buffer, or takes a larger one. */
    private void room(int bytes) {
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocateDirect(Math.clamp(2L * buffer.capacity(), bytes, (int) AREA));
        }
        buffer.clear();
    }

    private static long area(long sequence) {
        return (sequence & 1) * AREA;
    }

    /**
     * Hands over every page of the newest whole area, and finds where the sequence goes on.
     *
     * @param rewrite takes page number and protected image
     * @return number of pages
     */
    public int repair(BiConsumer<Long, byte[]> rewrite) {
        byte[][] areas = {readHeader(0), readHeader(1)};
        int newest = -1;
        for (int i = 0; i < 2; i++) {
            if (areas[i].length > 0) {
                long found = ByteBuffer.wrap(areas[i]).getLong(24);
                if (found > sequence && isWhole(areas[i], found)) {
                    newest = i;
                    sequence = found;
                }
            }
        }
        if (newest < 0) {
            return 0;
        }
        // A process may have died before it had synced this; what follows will rely on it.
        file.sync();
        ByteBuffer header = ByteBuffer.wrap(areas[newest]);
        int count = header.getInt(32);
        manifest = PageManifest.decode(header.duplicate().position(ENTRIES + ENTRY * count))
                .orElse(PageManifest.EMPTY);
        for (int i = 0; i < count; i++) {
            rewrite.accept(header.getLong(ENTRIES + i * ENTRY), readCopy(sequence, i));
        }
        return count;
    }

    private byte[] readHeader(int area) {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        file.read(header, area * AREA);
        int count = header.getInt(32);
        if (header.getLong(0) != MAGIC || count < 0 || count > PageBatch.CAPACITY) {
            return new byte[0];
        }
        ByteBuffer behind = header.duplicate().position(ENTRIES + ENTRY * count);
        if (PageManifest.decode(behind).isEmpty() || behind.remaining() < MacKey.MAC_BYTES) {
            return new byte[0];
        }
        int length = behind.position();
        byte[] bytes = Arrays.copyOf(header.array(), length);
        byte[] expected = Arrays.copyOfRange(header.array(), length, length + MacKey.MAC_BYTES);
        boolean ours = Arrays.equals(databaseUuid, 0, UUID_BYTES, bytes, 8, 8 + UUID_BYTES);
        return ours && mac.verify(expected, bytes) ? bytes : new byte[0];
    }

    private boolean isWhole(byte[] header, long found) {
        ByteBuffer fields = ByteBuffer.wrap(header);
        CRC32C crc = new CRC32C();
        for (int i = 0; i < fields.getInt(32); i++) {
            crc.reset();
            crc.update(readCopy(found, i));
            if ((int) crc.getValue() != fields.getInt(ENTRIES + i * ENTRY + 8)) {
                return false;
            }
        }
        return true;
    }

    private byte[] readCopy(long found, int index) {
        byte[] copy = new byte[PageLayout.PAGE_SIZE];
        ByteBuffer into = ByteBuffer.wrap(copy);
        int read = file.read(into, area(found) + HEADER + (long) index * PageLayout.PAGE_SIZE);
        if (read < copy.length) {
            Arrays.fill(copy, read, copy.length, (byte) 0);
        }
        return copy;
    }

    /** Says that every copy is in place: nothing to write again at the next start. Only between batches. */
    void markIdle(PageManifest now) {
        overwrite(HEADER, now);
    }

    /** Overwrites both areas, durably. Only between batches. */
    void erase(PageManifest now) {
        overwrite(HEADER + allocated * PageLayout.PAGE_SIZE, now);
    }

    /**
     * The older area first, with a header that has no page but the manifest: left alone by a crash in between, the other
     * area's copies are not the newest.
     */
    private void overwrite(int length, PageManifest now) {
        sequence++;
        byte[] header = header(new PageBatch(), new int[0], now);
        ByteBuffer idle =
                ByteBuffer.allocate(length).put(header).put(mac.mac(header)).rewind();
        file.write(idle, area(sequence));
        file.sync();
        file.write(ByteBuffer.allocate(length), area(sequence + 1));
        file.sync();
    }

    @Override
    public void close() {
        file.close();
    }
}
