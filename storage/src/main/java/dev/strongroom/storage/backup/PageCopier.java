package dev.strongroom.storage.backup;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.seal.OpenResult;
import dev.strongroom.crypto.seal.StreamSealer;
import dev.strongroom.storage.page.ChangedExtents;
import dev.strongroom.storage.page.InPlacePageStore;
import dev.strongroom.storage.page.PageCodec;
import dev.strongroom.storage.page.PageLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Copies the pages in use into chunks while the database works on. A page that does not open was caught while it was being
 * written: it is read again between two batches, where nothing is on its way to the disk. Used by one thread.
 */
final class PageCopier {
    /** Pages of a chunk: 1 MiB. */
    static final int PAGES_PER_CHUNK = 128;

    private static final int ENTRY = Long.BYTES;
    private static final int COUNT_BYTES = Integer.BYTES;
    private static final int IMAGES = COUNT_BYTES + PAGES_PER_CHUNK * ENTRY;

    private final BackupSource source;
    private final ChunkWriter out;
    private final KeyCollector keys;
    private final boolean opened;
    private final Choice choice;
    private final byte[] raw = new byte[PageLayout.PAGE_SIZE];
    private final byte[] open = new byte[PageLayout.PAGE_SIZE];
    private final long[] numbers = new long[PAGES_PER_CHUNK];
    /** Neighbouring pages in use, read at once: from the first on, as many as are to be copied. */
    private final ByteBuffer run = ByteBuffer.allocateDirect(PAGES_PER_CHUNK * PageLayout.PAGE_SIZE);

    private long runFirst;
    private int runPages;
    private byte[] chunk =
            new byte[COUNT_BYTES + PAGES_PER_CHUNK * (ENTRY + PageLayout.PAGE_SIZE) + StreamSealer.TAG_BYTES];
    private int count;
    private long copied;

    /**
     * Which pages are copied.
     *
     * @param takenBefore pages in use before the first log record of the backup
     * @param changedAfter only pages with a higher LSN; -1 for all
     * @param extents where such pages may be, the others are not read; null if that is not known
     * @param found told the pages with a higher LSN, if they are what counts
     */
    record Choice(
            BitSet takenBefore, long changedAfter, @Nullable BitSet extents, ChangedExtents.@Nullable Recording found) {
        boolean mayHave(long page) {
            return extents == null || extents.get((int) (page / ChangedExtents.PAGES));
        }
    }

    /**
     * @param opened whether pages are written in the clear, below the chunk's own seal
     */
    PageCopier(BackupSource source, ChunkWriter out, KeyCollector keys, boolean opened, Choice choice) {
        this.source = source;
        this.out = out;
        this.keys = keys;
        this.opened = opened;
        this.choice = choice;
    }

    /** Copies the pages below {@code pageCount} that are in use or were when the backup began. */
    long copy(long pageCount, BackupProgress progress) {
        for (long page = 0; page < pageCount; page++) {
            if (isWanted(page)) {
                if (page >= runFirst + runPages) {
                    readRun(page, pageCount);
                }
                take(page);
            }
            progress.pages(page + 1, pageCount);
        }
        flush();
        Arrays.fill(open, (byte) 0);
        Arrays.fill(chunk, (byte) 0);
        return copied;
    }

    private boolean isWanted(long page) {
        return choice.mayHave(page)
                && (choice.takenBefore.get((int) page) || source.space().isTaken(page));
    }

    private void readRun(long page, long pageCount) {
        long end = page + 1;
        while (end < pageCount && end < page + PAGES_PER_CHUNK && isWanted(end)) {
            end++;
        }
        runFirst = page;
        runPages = (int) (end - page);
        source.store().readRaw(page, run.clear().limit(runPages * PageLayout.PAGE_SIZE));
    }

    private void take(long page) {
        read(page);
        if (PageLayout.lsn(open) <= choice.changedAfter) {
            return;
        }
        if (choice.found != null) {
            choice.found.found(page);
        }
        numbers[count] = page;
        System.arraycopy(opened ? open : raw, 0, chunk, IMAGES + count * PageLayout.PAGE_SIZE, PageLayout.PAGE_SIZE);
        count++;
        copied++;
        if (count == PAGES_PER_CHUNK) {
            flush();
        }
    }

    /** Fills {@link #raw} and {@link #open} with a page that is whole and whose key the backup has. */
    private void read(long page) {
        run.get((int) (page - runFirst) * PageLayout.PAGE_SIZE, raw);
        OpenResult[] result = {check(page)};
        if (!isGood(result[0])) {
            source.pages().flusher().betweenBatches(() -> result[0] = tryRead(page));
        }
        source.stop().check();
        if (!isGood(result[0])) {
            throw NumberedError.BACKUP_PAGE_DAMAGED.exception("the backup detected an error on page " + page
                    + " in file \"" + InPlacePageStore.fileName(PageCodec.fileOf(page)) + "\": " + result[0]);
        }
    }

    private boolean isGood(OpenResult result) {
        return result.opened() && keys.has(PageLayout.keyVersion(raw));
    }

    private OpenResult tryRead(long page) {
        source.store().readRaw(page, raw);
        return check(page);
    }

    private OpenResult check(long page) {
        System.arraycopy(raw, 0, open, 0, raw.length);
        return source.store().check(page, open);
    }

    private void flush() {
        if (count == 0) {
            return;
        }
        ByteBuffer buffer = ByteBuffer.wrap(chunk).putInt(count);
        for (int i = 0; i < count; i++) {
            buffer.putLong(numbers[i]);
        }
        int length = count * PageLayout.PAGE_SIZE;
        if (buffer.position() < IMAGES) {
            // The images stand where those of a full chunk do.
            System.arraycopy(chunk, IMAGES, chunk, buffer.position(), length);
        }
        length += buffer.position();
        Arrays.fill(chunk, length, chunk.length, (byte) 0);
        chunk = out.write(ChunkHeader.PAGES, chunk, length);
        count = 0;
    }
}
