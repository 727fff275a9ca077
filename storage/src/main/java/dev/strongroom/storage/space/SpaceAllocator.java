package dev.strongroom.storage.space;

import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.buffer.FrameRing;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.log.RecordKind;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.page.PageLayout;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Hands out and takes back pages of one database. What is free is known in memory from the bitmaps; a page handed out is
 * reserved there at once and becomes used on disk with the record of its {@link SpaceChange}. Thread-safe.
 */
public final class SpaceAllocator {
    private static final int WORDS = BitmapPage.INTERVAL / 64;
    private static final long MIN_GROWTH = 64;
    private static final long MAX_GROWTH = 4096;

    private final PageAccess pages;
    private final LogStream log;
    private final Mutex growing;
    private final RecordWriter record = new RecordWriter();
    /** One bit per page: used, or reserved by a change under way. Guarded by itself. */
    private long[] taken = new long[0];

    private long pageCount;
    private long cursor;
    private long freePages;

    /**
     * Reads the bitmaps of a database whose pages are redone.
     */
    public SpaceAllocator(PageAccess pages, LogStream log, Scheduler scheduler) {
        this.pages = pages;
        this.log = log;
        this.growing = new Mutex(scheduler);
        long count = pages.store().pageCount();
        taken = new long[(int) (count + 63 >>> 6)];
        for (long bitmap = 0; bitmap < count; bitmap += BitmapPage.INTERVAL) {
            int frame = pages.fixShared(bitmap);
            long offset = pages.offset(frame);
            if (PageLayout.type(pages.memory(), offset) != PageLayout.TYPE_BITMAP) {
                // The files had grown, but the crash came before the new interval's bitmap was made.
                pages.unfixShared(frame);
                formatBitmap(pages, log, record, bitmap);
                frame = pages.fixShared(bitmap);
                offset = pages.offset(frame);
            }
            int words = (int) Math.min(WORDS, taken.length - (bitmap >>> 6));
            for (int i = 0; i < words; i++) {
                taken[(int) (bitmap >>> 6) + i] = BitmapPage.word(pages.memory(), offset, i);
            }
            pages.unfixShared(frame);
        }
        pageCount = count;
        freePages = count;
        for (long word : taken) {
            freePages -= Long.bitCount(word);
        }
    }

    /** Writes the first bitmap of a database whose store has pages but no content yet. */
    public static void format(PageAccess pages, LogStream log) {
        formatBitmap(pages, log, new RecordWriter(), 0);
    }

    private static void formatBitmap(PageAccess pages, LogStream log, RecordWriter record, long page) {
        int frame = pages.fixNew(page);
        record.begin(RecordKind.SPACE, 0, 0, 0, false).spaceSection(page, 0, true);
        BitmapPage.describe(record, page, true);
        long lsn = log.append(record);
        BitmapPage.apply(record.record(lsn), 0, pages.memory(), pages.offset(frame));
        pages.logged(frame, lsn);
        pages.unfixExclusive(frame);
    }

    /** Starts a structure change's dealings with space. */
    public SpaceChange change() {
        return new SpaceChange(this, pages);
    }

    /** Pages of the database, used or not. */
    public long pageCount() {
        synchronized (this) {
            return pageCount;
        }
    }

    public long freePages() {
        synchronized (this) {
            return freePages;
        }
    }

    /** Whether a page is used or about to be. */
    public boolean isTaken(long page) {
        synchronized (this) {
            return page < pageCount && (taken[(int) (page >>> 6)] & 1L << page) != 0;
        }
    }

    /** The pages used or about to be, as of now. */
    public BitSet takenPages() {
        synchronized (this) {
            BitSet pages = BitSet.valueOf(taken);
            pages.clear((int) pageCount, Math.max((int) pageCount, pages.length()));
            return pages;
        }
    }

    /**
     * Empties a page if it is free, so that nothing of what was in it is written again.
     *
     * @param ring the frames to use for it
     * @return whether it was free
     */
    public boolean wipeIfFree(long page, FrameRing ring) {
        if (BitmapPage.isBitmap(page) || !hold(page)) {
            return false;
        }
        try {
            int frame = pages.fixNew(page, ring);
            pages.wipe(frame);
            pages.unfixExclusive(frame);
        } finally {
            giveBack(page);
        }
        return true;
    }

    /** Takes a free page out of circulation for a moment; false if it is not free. */
    private boolean hold(long page) {
        synchronized (this) {
            if (page >= pageCount || (taken[(int) (page >>> 6)] & 1L << page) != 0) {
                return false;
            }
            take(page);
            return true;
        }
    }

    /** Gives a page back that was held, or whose freeing is logged. */
    public void giveBack(long page) {
        synchronized (this) {
            assert (taken[(int) (page >>> 6)] & 1L << page) != 0;
            taken[(int) (page >>> 6)] &= ~(1L << page);
            freePages++;
        }
    }

    /**
     * Reserves a free page.
     *
     * @param near a page it should be close behind, or -1
     */
    long reserve(long near) {
        while (true) {
            long page = tryReserve(near);
            if (page >= 0) {
                return page;
            }
            grow();
        }
    }

    private long tryReserve(long near) {
        synchronized (this) {
            if (freePages == 0) {
                return -1;
            }
            long from = near >= 0 && near < pageCount ? near : cursor;
            long page = next(from, pageCount);
            if (page < 0) {
                page = next(0, from);
            }
            if (page >= 0) {
                take(page);
                if (near < 0) {
                    cursor = page;
                }
            }
            return page;
        }
    }

    private void take(long page) {
        taken[(int) (page >>> 6)] |= 1L << page;
        freePages--;
    }

    private long next(long from, long to) {
        if (from >= to) {
            return -1;
        }
        int word = (int) (from >>> 6);
        long free = ~taken[word] & -1L << from;
        while (true) {
            if (free != 0) {
                long page = ((long) word << 6) + Long.numberOfTrailingZeros(free);
                return page < to ? page : -1;
            }
            word++;
            if ((long) word << 6 >= to) {
                return -1;
            }
            free = ~taken[word];
        }
    }

    private void grow() {
        NoWait.check();
        growing.lock();
        try {
            long old;
            synchronized (this) {
                if (freePages > 0) {
                    return;
                }
                old = pageCount;
            }
            long count = old + Math.max(MIN_GROWTH, Math.min(MAX_GROWTH, old / 8 / MIN_GROWTH * MIN_GROWTH));
            pages.store().grow(count);
            record.begin(RecordKind.GROW, 0, 0, 0, false).putLong(count);
            log.durable(log.append(record));
            for (long page = BitmapPage.of(old + BitmapPage.INTERVAL - 1); page < count; page += BitmapPage.INTERVAL) {
                formatBitmap(pages, log, record, page);
            }
            synchronized (this) {
                taken = Arrays.copyOf(taken, (int) (count + 63 >>> 6));
                freePages += count - old;
                pageCount = count;
                for (long page = BitmapPage.of(old + BitmapPage.INTERVAL - 1);
                        page < count;
                        page += BitmapPage.INTERVAL) {
                    take(page);
                }
            }
        } finally {
            growing.unlock();
        }
    }
}
