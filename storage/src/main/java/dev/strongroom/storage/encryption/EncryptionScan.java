package dev.strongroom.storage.encryption;

import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.page.InPlacePageStore;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.page.Protection;
import dev.strongroom.storage.space.BitmapPage;
import dev.strongroom.storage.space.SpaceAllocator;

/** Writes pages once more, under the target of the day. Pages that are under it already are skipped (TDE-301). */
final class EncryptionScan {
    private final InPlacePageStore store;
    private final PageAccess pages;
    private final SpaceAllocator space;
    private final Protection protection;
    private final byte[] image = new byte[PageLayout.PAGE_SIZE];

    EncryptionScan(DatabaseEncryption.Parts parts, Protection protection) {
        this.store = parts.store();
        this.pages = parts.pages();
        this.space = parts.space();
        this.protection = protection;
    }

    /**
     * Rewrites a batch of neighbouring pages durably.
     *
     * @return pages written
     */
    int batch(long from, long to) {
        int target = protection.targetVersion();
        for (long page = from; page < to; page++) {
            store.readRaw(page, image);
            if (PageLayout.keyVersion(image) != target) {
                rewrite(page);
            }
        }
        return pages.flusher().flushRange(from, to);
    }

    private void rewrite(long page) {
        if (!BitmapPage.isBitmap(page) && space.hold(page)) {
            try {
                int frame = pages.fixNew(page);
                pages.wipe(frame);
                pages.unfixExclusive(frame);
            } finally {
                space.giveBack(page);
            }
            return;
        }
        int frame = pages.fixExclusive(page);
        pages.rewrite(frame);
        pages.unfixExclusive(frame);
    }

    /** A page that is not under the target, or -1: the pass over all trailers that ends a scan. */
    long firstNotUnderTarget() {
        int target = protection.targetVersion();
        for (long page = 0; page < store.pageCount(); page++) {
            store.readRaw(page, image);
            if (PageLayout.keyVersion(image) != target) {
                return page;
            }
        }
        return -1;
    }
}
