package dev.strongroom.storage.space;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.RecordWriter;
import java.util.Arrays;

/**
 * The pages one structure change allocates and frees, carried by its own log record:
 *
 * <pre>{@code
 * try (SpaceChange change = space.change()) {
 *     long page = change.allocate(near);          // any number; latch and fill with PageAccess.fixNew
 *     change.free(other);                         // its exclusive latch is held
 *     record.begin(...)...;                       // the tree's own sections first
 *     change.describe(record);                    // last: latches the bitmap pages
 *     long lsn = log.append(record);
 *     change.logged(record.record(lsn));          // before or after the tree's own pages are stamped
 * }                                               // closed without logged: nothing was allocated
 * }</pre>
 *
 * A freed page can be handed out again as soon as {@code logged} returns. Used by one thread.
 */
public final class SpaceChange implements AutoCloseable {
    private final SpaceAllocator space;
    private final PageAccess pages;
    /** Page number, complemented where it is freed. */
    private long[] entries = new long[8];

    private int count;
    private int[] frames = new int[4];
    private int frameCount;
    private int firstSection = -1;
    private boolean logged;

    SpaceChange(SpaceAllocator space, PageAccess pages) {
        this.space = space;
        this.pages = pages;
    }

    /**
     * Reserves a free page.
     *
     * @param near a page it should be close behind, or -1
     */
    public long allocate(long near) {
        long page = space.reserve(near);
        add(page);
        return page;
    }

    /** Frees a page. */
    public void free(long page) {
        assert !BitmapPage.isBitmap(page);
        add(~page);
    }

    private void add(long entry) {
        if (count == entries.length) {
            entries = Arrays.copyOf(entries, count * 2);
        }
        entries[count++] = entry;
    }

    /**
     * Latches the bitmap pages concerned and adds their sections to the record.
     *
     * @throws dev.strongroom.common.error.DatabaseException DATA_CORRUPTED (91001) if a bitmap contradicts the change; nothing
     *     is logged or changed then
     */
    public void describe(RecordWriter record) {
        assert firstSection < 0;
        firstSection = record.sections();
        sortByPage();
        for (int i = 0; i < count; ) {
            long bitmap = BitmapPage.of(pageOf(entries[i]));
            int frame = pages.fixExclusive(bitmap);
            if (frameCount == frames.length) {
                frames = Arrays.copyOf(frames, frameCount * 2);
            }
            frames[frameCount++] = frame;
            record.spaceSection(bitmap, pages.lsn(frame), false);
            for (; i < count && BitmapPage.of(pageOf(entries[i])) == bitmap; i++) {
                check(i, frame);
                BitmapPage.describe(record, pageOf(entries[i]), entries[i] >= 0);
            }
        }
    }

    /**
     * Recovery finds a bitmap that is an old one only if the log has a record about it. One that was written for the last time
     * before the checkpoint, and lost, is found by what it contradicts, and before the contradiction is in the log.
     */
    private void check(int index, int frame) {
        long page = pageOf(entries[index]);
        boolean frees = entries[index] < 0;
        boolean twice = index > 0 && pageOf(entries[index - 1]) == page;
        if (twice || frees != BitmapPage.isUsed(pages.memory(), pages.offset(frame), page)) {
            throw NumberedError.PAGE_AUTHENTICATION.exception("page " + page + " is to be "
                    + (frees ? "freed but is free" : "used but is in use") + " already by the bitmap in page "
                    + BitmapPage.of(page) + "; the disk lost a write or put it in the wrong place");
        }
    }

    private void sortByPage() {
        for (int i = 1; i < count; i++) {
            long entry = entries[i];
            int j = i;
            for (; j > 0 && pageOf(entries[j - 1]) > pageOf(entry); j--) {
                entries[j] = entries[j - 1];
            }
            entries[j] = entry;
        }
    }

    private static long pageOf(long entry) {
        return entry < 0 ? ~entry : entry;
    }

    /** Applies the change to the bitmap pages, now that the record has its LSN. */
    public void logged(LogRecord record) {
        for (int i = 0; i < frameCount; i++) {
            BitmapPage.apply(record, firstSection + i, pages.memory(), pages.offset(frames[i]));
            pages.logged(frames[i], record.lsn());
            pages.unfixExclusive(frames[i]);
        }
        frameCount = 0;
        logged = true;
        for (int i = 0; i < count; i++) {
            if (entries[i] < 0) {
                space.giveBack(~entries[i]);
            }
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < frameCount; i++) {
            pages.unfixExclusive(frames[i]);
        }
        frameCount = 0;
        if (!logged) {
            for (int i = 0; i < count; i++) {
                if (entries[i] >= 0) {
                    space.giveBack(entries[i]);
                }
            }
        }
    }
}
