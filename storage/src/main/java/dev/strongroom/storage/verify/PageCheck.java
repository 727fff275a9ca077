package dev.strongroom.storage.verify;

import dev.strongroom.crypto.seal.OpenResult;
import dev.strongroom.storage.page.InPlacePageStore;
import dev.strongroom.storage.page.PageCodec;
import dev.strongroom.storage.page.PageLayout;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Level 1: every page opens under its key or fits its checksum, is where it says it is, and is not newer than the log. Works on
 * a database that is open, or on an overlay of one that is not.
 */
public final class PageCheck {
    private static final long STEP = 512;

    private final int databaseId;
    private final InPlacePageStore store;
    private final LongSupplier endLsn;

    /**
     * @param endLsn end of the log; no page can have a later LSN
     */
    public PageCheck(int databaseId, InPlacePageStore store, LongSupplier endLsn) {
        this.databaseId = databaseId;
        this.store = store;
        this.endLsn = endLsn;
    }

    /**
     * Checks pages in steps.
     *
     * @param steps runs each step; beside other work it has to keep batches of pages from being written meanwhile
     * @param progress told after each step how many pages have been looked at
     * @return pages looked at
     */
    public long run(Consumer<Runnable> steps, Consumer<Finding> findings, LongConsumer progress) {
        byte[] image = new byte[PageLayout.PAGE_SIZE];
        long page = 0;
        while (page < store.pageCount()) {
            long from = page;
            long to = Math.min(store.pageCount(), from + STEP);
            steps.accept(() -> {
                for (long each = from; each < to; each++) {
                    check(each, image, findings);
                }
            });
            page = to;
            progress.accept(page);
        }
        return page;
    }

    /** Checks all pages of a database nobody else uses. */
    public long run(Consumer<Finding> findings) {
        return run(Runnable::run, findings, done -> {});
    }

    private void check(long page, byte[] image, Consumer<Finding> findings) {
        store.readRaw(page, image);
        int keyVersion = PageLayout.keyVersion(image);
        OpenResult result = store.check(page, image);
        if (!result.opened()) {
            findings.accept(finding(page, keyVersion, describe(result)));
            return;
        }
        long lsn = PageLayout.lsn(image);
        long end = endLsn.getAsLong();
        if (lsn > end) {
            findings.accept(finding(page, keyVersion, "LSN " + lsn + " is beyond the end of the log, " + end));
        }
    }

    private Finding finding(long page, int keyVersion, String what) {
        return new Finding(databaseId, InPlacePageStore.fileName(PageCodec.fileOf(page)), page, keyVersion, what);
    }

    private static String describe(OpenResult result) {
        return switch (result) {
            case CRC_MISMATCH -> "the checksum does not fit";
            case TAG_MISMATCH -> "the authentication tag does not fit";
            case ILLEGAL_TRAILER -> "the trailer is none that belongs here";
            case UNKNOWN_KEY_VERSION -> "the key version is not open";
            case SEALED, PLAIN -> "intact";
        };
    }
}
