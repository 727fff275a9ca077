package dev.strongroom.storage.page;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.seal.OpenResult;
import dev.strongroom.crypto.seal.PageSealer;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Puts the trailer on pages that leave and checks it on pages that come: the one place where data pages are sealed and opened. */
public final class PageCodec {
    /** Pages per data file: 64 GiB. */
    public static final long PAGES_PER_FILE = 1L << 23;

    private final byte[] databaseUuid;
    private final Protection protection;
    private final NonceSource nonces;
    private final ConcurrentLinkedQueue<PageSealer> sealers = new ConcurrentLinkedQueue<>();

    /**
     * @param nonces one source per opening of the database
     */
    public PageCodec(byte[] databaseUuid, Protection protection, NonceSource nonces) {
        this.databaseUuid = databaseUuid.clone();
        this.protection = protection;
        this.nonces = nonces;
    }

    /** Number of the file a page is in, as in the file's name. */
    public static int fileOf(long page) {
        return (int) (page / PAGES_PER_FILE) + 1;
    }

    public Protection protection() {
        return protection;
    }

    private PageSealer borrow() {
        PageSealer sealer = sealers.poll();
        return sealer != null ? sealer : new PageSealer(databaseUuid, protection.keys(), nonces);
    }

    /** Seals or checksums a page in place, under the key version of the day. */
    public void protect(byte[] image, long page) {
        PageSealer sealer = borrow();
        KeyVersion target = protection.target();
        if (target == null) {
            sealer.finishPlain(image, fileOf(page), page);
        } else {
            sealer.seal(image, fileOf(page), page, target);
        }
        sealers.add(sealer);
    }

    /** Opens a page in place; says what is wrong without throwing. */
    public OpenResult open(byte[] image, long page) {
        PageSealer sealer = borrow();
        OpenResult result = sealer.open(image, fileOf(page), page);
        sealers.add(sealer);
        if (result == OpenResult.PLAIN && !protection.allowsPlain(page)) {
            return OpenResult.ILLEGAL_TRAILER;
        }
        return result;
    }

    /** Opens a page in place or fails with 91001. */
    public void openOrFail(byte[] image, long page) {
        OpenResult result = open(image, page);
        if (!result.opened()) {
            throw damaged(page, result, PageLayout.keyVersion(image));
        }
    }

    /** Error 91001: a page that is not what was written. */
    static DatabaseException damaged(long page, OpenResult result, int keyVersion) {
        String why = switch (result) {
            case CRC_MISMATCH -> "its checksum does not fit";
            case TAG_MISMATCH -> "its authentication tag does not fit, key version " + keyVersion;
            case UNKNOWN_KEY_VERSION -> "it names key version " + keyVersion + ", which is not open";
            case ILLEGAL_TRAILER -> "its trailer is none that belongs here";
            case SEALED, PLAIN -> "it is intact";
        };
        return NumberedError.PAGE_AUTHENTICATION
                .atRunTime(
                        "page " + page + " in file \"" + InPlacePageStore.fileName(fileOf(page)) + "\" is damaged: "
                                + why,
                        result.errorState())
                .exception();
    }
}
