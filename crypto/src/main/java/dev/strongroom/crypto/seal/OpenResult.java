package dev.strongroom.crypto.seal;

/** How opening a page ended. Only the first two leave a body to read. */
public enum OpenResult {
    /** The page was sealed and its tag fits. */
    SEALED(0),
    /** The page is plain and its CRC fits; whether a plain page is legal here is the caller's to judge (S-4). */
    PLAIN(0),
    /** Plain by its trailer, but the CRC does not fit. */
    CRC_MISMATCH(1),
    /** Sealed by its trailer, but the tag does not fit. */
    TAG_MISMATCH(2),
    /** No trailer this server writes: unknown format or algorithm, or a reserved byte is set. */
    ILLEGAL_TRAILER(3),
    /** The trailer names a key version that is not open. */
    UNKNOWN_KEY_VERSION(4);

    private final int errorState;

    OpenResult(int errorState) {
        this.errorState = errorState;
    }

    public boolean opened() {
        return errorState == 0;
    }

    /** State of error 91001 (S-25); 0 where there is no error. */
    public int errorState() {
        return errorState;
    }
}
