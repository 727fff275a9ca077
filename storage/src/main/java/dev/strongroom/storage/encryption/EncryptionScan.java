package dev.strongroom.storage.encryption;

import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.buffer.FrameRing;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.buffer.PageRun;
import dev.strongroom.storage.page.InPlacePageStore;
import dev.strongroom.storage.page.Protection;
import dev.strongroom.storage.space.SpaceAllocator;

/**
 * Writes pages once more, under the target of the day. Pages that are under it already are skipped (TDE-301). It reads a run of
 * neighbouring pages at once into a few frames of its own while another thread seals and writes the run before. Its memory is
 * fixed: one run (1 MiB) besides at most 256 frames of the pool, as long as it is open. Used by one thread.
 */
final class EncryptionScan implements AutoCloseable {
    private final InPlacePageStore store;
    private final PageAccess pages;
    private final SpaceAllocator space;
    private final Protection protection;
    private final PageRun run;
    private final FrameRing ring;
    private final RangeWriter writer;

    EncryptionScan(DatabaseEncryption.Parts parts, Scheduler scheduler) {
        this.store = parts.store();
        this.pages = parts.pages();
        this.space = parts.space();
        this.protection = parts.store().codec().protection();
        this.run = pages.run(store);
        this.ring = pages.ring();
        this.writer = new RangeWriter(pages.flusher(), scheduler);
    }

    /**
     * Rewrites neighbouring pages durably.
     *
     * @return pages that were not under the target
     */
    int rewrite(long from, long to) {
        int rewritten = 0;
        try {
            for (long page = from; page < to; page += PageRun.CAPACITY) {
                long end = Math.min(to, page + PageRun.CAPACITY);
                rewritten += load(page, end);
                writer.submit(page, end);
            }
        } finally {
            writer.drain();
        }
        return rewritten;
    }

    /** Brings what is to be rewritten into frames and marks it. */
    private int load(long from, long to) {
        int target = protection.targetVersion();
        int loaded = 0;
        run.read(from, to);
        for (long page = from; page < to; page++) {
            if (run.keyVersion(page) != target) {
                mark(page);
                loaded++;
            }
        }
        return loaded;
    }

    private void mark(long page) {
        if (space.wipeIfFree(page, ring)) {
            return;
        }
        int frame = pages.fixExclusive(page, ring, run);
        pages.rewrite(frame);
        pages.unfixExclusive(frame);
    }

    /** A page that is not under the target, or -1: the pass over all trailers that ends a scan. */
    long firstNotUnderTarget() {
        int target = protection.targetVersion();
        long count = store.pageCount();
        for (long from = 0; from < count; from += PageRun.CAPACITY) {
            long to = Math.min(count, from + PageRun.CAPACITY);
            run.read(from, to);
            for (long page = from; page < to; page++) {
                if (run.keyVersion(page) != target) {
                    return page;
                }
            }
        }
        return -1;
    }

    /** Gives its memory and its thread back. */
    @Override
    public void close() {
        pages.flusher().watch(null);
        writer.close();
    }
}
