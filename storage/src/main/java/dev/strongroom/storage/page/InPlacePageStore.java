package dev.strongroom.storage.page;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.crypto.seal.OpenResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Page n lives at n × 8 KiB, cut into files of 64 GiB. Writes go through the {@link PageJournal}. Pages below
 * {@link #pageCount} always exist on disk; what lies beyond in a file is an unfinished growth.
 */
public final class InPlacePageStore implements PageStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InPlacePageStore.class);
    private static final int GROWTH_STEP = 64;

    private final StorageFiles files;
    private final PageCodec codec;
    private final PageJournal journal;
    private final List<StorageFile> data = new ArrayList<>();
    private final ChangedExtents changes = new ChangedExtents();
    private final ManifestKeeper keeper;
    private volatile PageManifest written = PageManifest.EMPTY;
    private volatile long pageCount;
    private volatile List<Long> torn = List.of();

    /**
     * Opens the data files.
     *
     * @param pageCount pages as of the boot record; {@link #grown} raises it
     */
    public InPlacePageStore(StorageFiles files, PageCodec codec, PageJournal journal, long pageCount) {
        this.files = files;
        this.codec = codec;
        this.journal = journal;
        this.pageCount = pageCount;
        this.keeper = new ManifestKeeper(codec.protection(), this);
        for (int file = 1; files.exists(fileName(file)); file++) {
            data.add(files.open(fileName(file)));
        }
    }

    /** Makes the first data file of a new database; the caller syncs the directory. */
    public static void create(StorageFiles files) {
        files.create(fileName(1)).close();
    }

    public static String fileName(int file) {
        return String.format(Locale.ROOT, "data.%08d", file);
    }

    /** Which pages were written since the last full backup. */
    public ChangedExtents changes() {
        return changes;
    }

    public PageCodec codec() {
        return codec;
    }

    /** Writes every page of the newest journal area in place, first thing after a start. */
    public int repair() {
        List<Long> found = new ArrayList<>();
        int count = journal.repair((page, image) -> {
            if (isTorn(page, image)) {
                LOG.warn(
                        "page {} in file \"{}\" was torn while it was written; its whole copy takes its place",
                        page,
                        fileName(PageCodec.fileOf(page)));
                found.add(page);
            }
            write(page, ByteBuffer.wrap(image));
        });
        torn = List.copyOf(found);
        syncAll();
        keeper.begin(journal.manifest());
        written = journal.manifest();
        return count;
    }

    /** Whether what is in place is neither the copy nor any other page that was written there whole (TDE-508). */
    private boolean isTorn(long page, byte[] copy) {
        byte[] there = new byte[PageLayout.PAGE_SIZE];
        try {
            readRaw(page, there);
        } catch (DatabaseException e) {
            return true;
        }
        return !Arrays.equals(there, copy) && !codec.open(there, page).opened();
    }

    /** The pages that {@link #repair} found half written. */
    public List<Long> torn() {
        return torn;
    }

    @Override
    public PageManifest manifest() {
        return written;
    }

    /** The manifest found at start, which {@link #repair} made true. */
    public PageManifest found() {
        return journal.manifest();
    }

    /** Starts to add up all pages anew, beside the work going on (TDE-519). One at a time. */
    public ManifestAudit audit() {
        return new ManifestAudit(keeper);
    }

    /** Reads the 20 bytes of tag and key version from the disk; zeros where the file ends. */
    void readTag(long page, byte[] into) {
        Arrays.fill(into, (byte) 0);
        file(page).read(ByteBuffer.wrap(into), offset(page) + PageLayout.TAG);
    }

    @Override
    public void read(long page, byte[] into) {
        readRaw(page, into);
        codec.openOrFail(into, page);
    }

    /** Reads a page as it is on disk; zeros where the file ends. */
    public void readRaw(long page, byte[] into) {
        int read = file(page).read(ByteBuffer.wrap(into), offset(page));
        if (read < into.length) {
            Arrays.fill(into, read, into.length, (byte) 0);
        }
    }

    /** Reads neighbouring pages as they are on disk, in as few pieces as can be; zeros where a file ends. */
    public void readRaw(long page, ByteBuffer into) {
        long next = page;
        while (into.hasRemaining()) {
            long inFile = PageCodec.PAGES_PER_FILE - next % PageCodec.PAGES_PER_FILE;
            int bytes = (int) Math.min(into.remaining(), inFile * PageLayout.PAGE_SIZE);
            ByteBuffer piece = into.slice(into.position(), bytes);
            file(next).read(piece, offset(next));
            while (piece.hasRemaining()) {
                piece.put((byte) 0);
            }
            into.position(into.position() + bytes);
            next += bytes / PageLayout.PAGE_SIZE;
        }
    }

    /** Opens and checks what {@link #readRaw} read. */
    public OpenResult check(long page, byte[] image) {
        return codec.open(image, page);
    }

    @Override
    public int batchPages(boolean more) {
        return journal.batchPages(more);
    }

    @Override
    public void write(PageBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            codec.protect(batch.image(i), batch.page(i));
        }
        changes.written(batch);
        PageManifest after = keeper.replace(batch, journal.nextSequence());
        int[] order = batch.byPage();
        journal.write(batch, order, after);
        for (int from = 0; from < order.length; ) {
            int to = from + 1;
            while (to < order.length
                    && batch.page(order[to]) == batch.page(order[to - 1]) + 1
                    && PageCodec.fileOf(batch.page(order[to])) == PageCodec.fileOf(batch.page(order[from]))) {
                to++;
            }
            write(batch.page(order[from]), journal.images(from, to));
            from = to;
        }
        syncTouched(batch);
        written = after;
    }

    private void write(long page, ByteBuffer from) {
        file(page).write(from, offset(page));
    }

    private static long offset(long page) {
        return page % PageCodec.PAGES_PER_FILE * PageLayout.PAGE_SIZE;
    }

    private StorageFile file(long page) {
        int index = PageCodec.fileOf(page) - 1;
        synchronized (data) {
            if (index < data.size()) {
                return data.get(index);
            }
        }
        throw ErrorReport.error(
                        ErrorCode.DATA_CORRUPTED,
                        "file \"" + fileName(index + 1) + "\" with page " + page + " is missing")
                .withRoutine("MSSQL91001")
                .exception();
    }

    private void syncTouched(PageBatch batch) {
        int count;
        synchronized (data) {
            count = data.size();
        }
        boolean[] touched = new boolean[count];
        for (int i = 0; i < batch.size(); i++) {
            touched[PageCodec.fileOf(batch.page(i)) - 1] = true;
        }
        for (int i = 0; i < count; i++) {
            if (touched[i]) {
                file(i * PageCodec.PAGES_PER_FILE).sync();
            }
        }
    }

    private void syncAll() {
        List<StorageFile> all;
        synchronized (data) {
            all = List.copyOf(data);
        }
        all.forEach(StorageFile::sync);
    }

    @Override
    public long pageCount() {
        return pageCount;
    }

    /** Recovery found in the log that the files had grown. */
    public void grown(long count) {
        pageCount = Math.max(pageCount, count);
        keeper.cover(pageCount);
    }

    @Override
    public void grow(long count) {
        byte[] image = new byte[PageLayout.PAGE_SIZE];
        ByteBuffer step = ByteBuffer.allocate(GROWTH_STEP * PageLayout.PAGE_SIZE);
        for (long page = pageCount; page < count; ) {
            ensureFile(page);
            step.clear();
            long first = page;
            for (; page < count && step.hasRemaining(); page++) {
                if (page > first && PageCodec.fileOf(page) != PageCodec.fileOf(first)) {
                    break;
                }
                Arrays.fill(image, (byte) 0);
                codec.protect(image, page);
                step.put(image);
            }
            step.flip();
            write(first, step);
        }
        syncAll();
        // Last: until all of it has worked the next growth starts from here again.
        keeper.cover(count);
        pageCount = count;
    }

    private void ensureFile(long page) {
        synchronized (data) {
            int file = PageCodec.fileOf(page);
            if (file > data.size()) {
                data.add(files.create(fileName(file)));
                files.syncDirectory("");
            }
        }
    }

    /** Says in the journal that every page is in place. Only between batches. */
    public void markJournalIdle() {
        PageManifest now = keeper.now(journal.nextSequence());
        journal.markIdle(now);
        written = now;
    }

    /** Overwrites the journal's copies of pages. Only between batches. */
    public void eraseJournal() {
        PageManifest now = keeper.now(journal.nextSequence());
        journal.erase(now);
        written = now;
    }

    @Override
    public void close() {
        synchronized (data) {
            data.forEach(StorageFile::close);
            data.clear();
        }
        journal.close();
    }
}
