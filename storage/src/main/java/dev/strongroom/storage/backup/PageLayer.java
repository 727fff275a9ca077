package dev.strongroom.storage.backup;

import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.crypto.seal.OpenResult;
import dev.strongroom.storage.page.InPlacePageStore;
import dev.strongroom.storage.page.PageCodec;
import dev.strongroom.storage.page.PageLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts the pages of backups into data files, and empty ones where the backup has none. Used by one thread. */
final class PageLayer implements AutoCloseable {
    private static final int RUN_PAGES = 128;
    private static final long SYNC_BYTES = 64L << 20;

    private final StorageFiles files;
    private final PageCodec codec;
    private final boolean opened;
    private final List<StorageFile> data = new ArrayList<>();
    private final byte[] image = new byte[PageLayout.PAGE_SIZE];
    private final byte[] scratch = new byte[PageLayout.PAGE_SIZE];
    private final ByteBuffer run = ByteBuffer.allocate(RUN_PAGES * PageLayout.PAGE_SIZE);
    private long runStart = -1;
    private long filled;
    private long written;

    /**
     * @param filled pages that are there already
     * @param opened whether the backup has pages in the clear, to be protected here
     */
    PageLayer(StorageFiles files, PageCodec codec, long filled, boolean opened) {
        this.files = files;
        this.codec = codec;
        this.filled = filled;
        this.opened = opened;
        for (int file = 1; files.exists(InPlacePageStore.fileName(file)); file++) {
            data.add(files.open(InPlacePageStore.fileName(file)));
        }
    }

    /** Lays the pages of a chunk. */
    void lay(ChunkReader chunk) {
        ByteBuffer in = ByteBuffer.wrap(chunk.payload(), 0, chunk.length());
        int count = in.remaining() < Integer.BYTES ? -1 : in.getInt();
        if (count <= 0 || in.remaining() != count * (Long.BYTES + PageLayout.PAGE_SIZE)) {
            throw BackupErrors.damaged(chunk.device(), chunk.position(), "a chunk of pages has the wrong length");
        }
        for (int i = 0; i < count; i++) {
            long page = in.getLong(Integer.BYTES + i * Long.BYTES);
            in.get(Integer.BYTES + count * Long.BYTES + i * PageLayout.PAGE_SIZE, image);
            if (page < 0) {
                throw BackupErrors.damaged(chunk.device(), chunk.position(), "page number " + page);
            }
            if (opened) {
                codec.protect(image, page);
            } else {
                check(chunk, page);
            }
            fillTo(page);
            put(page);
            filled = Math.max(filled, page + 1);
        }
    }

    private void check(ChunkReader chunk, long page) {
        System.arraycopy(image, 0, scratch, 0, image.length);
        OpenResult result = codec.open(scratch, page);
        if (!result.opened()) {
            throw BackupErrors.damaged(chunk.device(), chunk.position(), "page " + page + " does not open: " + result);
        }
    }

    /** Empty pages up to, not including, a page. */
    private void fillTo(long page) {
        if (page <= filled) {
            return;
        }
        byte[] kept = image.clone();
        for (long each = filled; each < page; each++) {
            Arrays.fill(image, (byte) 0);
            codec.protect(image, each);
            put(each);
        }
        filled = page;
        System.arraycopy(kept, 0, image, 0, kept.length);
    }

    private void put(long page) {
        boolean goesOn = runStart >= 0
                && page == runStart + run.position() / PageLayout.PAGE_SIZE
                && PageCodec.fileOf(page) == PageCodec.fileOf(runStart)
                && run.hasRemaining();
        if (!goesOn) {
            flush();
            runStart = page;
        }
        run.put(image);
    }

    private void flush() {
        if (run.position() == 0) {
            return;
        }
        StorageFile file = file(PageCodec.fileOf(runStart));
        written += run.position();
        file.write(run.flip(), runStart % PageCodec.PAGES_PER_FILE * PageLayout.PAGE_SIZE);
        run.clear();
        if (written >= SYNC_BYTES) {
            file.sync();
            written = 0;
        }
    }

    private StorageFile file(int number) {
        while (data.size() < number) {
            data.add(files.create(InPlacePageStore.fileName(data.size() + 1)));
        }
        return data.get(number - 1);
    }

    /** Makes sure that so many pages exist, all durable. */
    void finish(long pageCount) {
        fillTo(pageCount);
        flush();
        data.forEach(StorageFile::sync);
        files.syncDirectory("");
    }

    @Override
    public void close() {
        Arrays.fill(scratch, (byte) 0);
        data.forEach(StorageFile::close);
    }
}
