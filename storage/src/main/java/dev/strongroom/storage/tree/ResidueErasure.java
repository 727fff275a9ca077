package dev.strongroom.storage.tree;

import dev.strongroom.storage.buffer.FrameRing;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.space.BitmapPage;
import dev.strongroom.storage.space.SpaceAllocator;
import java.util.function.LongConsumer;

/**
 * Overwrites what is left of data nobody has any more: free pages, and free space within pages in use. Goes through all pages
 * while others use them, a page at a time under its exclusive latch, and writes those that changed. Nothing is logged, as
 * nothing changes that means anything: a crash leaves the work half done. Keys that separate nodes of an index are in use, though
 * no row may have them any more; rebuilding the index gets rid of those. Used by one thread.
 */
public final class ResidueErasure {
    private static final int RUN = 128;

    private final PageAccess pages;
    private final SpaceAllocator space;

    public ResidueErasure(PageAccess pages, SpaceAllocator space) {
        this.pages = pages;
        this.space = space;
    }

    /**
     * Goes through the pages there are now; on return what was erased is so on the disk.
     *
     * @param progress told after each run of pages how many have been looked at; what it throws ends the work
     * @return pages that were written
     */
    public long run(LongConsumer progress) {
        FrameRing ring = pages.ring();
        long count = space.pageCount();
        long written = 0;
        for (long from = 0; from < count; from += RUN) {
            long to = Math.min(count, from + RUN);
            for (long page = from; page < to; page++) {
                if (!BitmapPage.isBitmap(page)) {
                    erase(page, ring);
                }
            }
            written += pages.flusher().flushRange(from, to);
            progress.accept(to);
        }
        return written;
    }

    private void erase(long page, FrameRing ring) {
        if (space.wipeIfFree(page, ring)) {
            return;
        }
        int frame = pages.fixExclusive(page, ring);
        try {
            long offset = pages.offset(frame);
            if (PageLayout.type(pages.memory(), offset) == Tree.PAGE_TYPE
                    && NodeResidue.erase(pages.memory(), offset)) {
                pages.rewrite(frame);
            }
        } finally {
            pages.unfixExclusive(frame);
        }
    }
}
