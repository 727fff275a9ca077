package dev.strongroom.storage.verify;

import dev.strongroom.crypto.seal.OpenResult;
import dev.strongroom.storage.page.InPlacePageStore;
import dev.strongroom.storage.page.PageCodec;
import dev.strongroom.storage.page.PageLayout;
import java.util.function.Consumer;

/**
 * Level 1: every page opens under its key or fits its checksum, is where it says it is, and is not newer than the log. Works on
 * a database that is open, or on an overlay of one that is not.
 */
public final class PageCheck {
    private final int databaseId;
    private final InPlacePageStore store;
    private final long endLsn;

    /**
     * @param endLsn end of the log; no page can have a later LSN
     */
    public PageCheck(int databaseId, InPlacePageStore store, long endLsn) {
        this.databaseId = databaseId;
        this.store = store;
        this.endLsn = endLsn;
    }

    /**
     * Checks all pages.
     *
     * @return pages looked at
     */
    public long run(Consumer<Finding> findings) {
        byte[] image = new byte[PageLayout.PAGE_SIZE];
        long count = store.pageCount();
        for (long page = 0; page < count; page++) {
            store.readRaw(page, image);
            int keyVersion = PageLayout.keyVersion(image);
            OpenResult result = store.check(page, image);
            if (!result.opened()) {
                findings.accept(finding(page, keyVersion, describe(result)));
            } else if (PageLayout.lsn(image) > endLsn) {
                findings.accept(finding(
                        page, keyVersion, "LSN " + PageLayout.lsn(image) + " is beyond the end of the log, " + endLsn));
            }
        }
        return count;
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
