package dev.strongroom.storage.page;

/** Where the pages of one database rest. In place on local files now; out of place or remote later. Thread-safe. */
public interface PageStore {
    /**
     * Reads a page, opens it and checks it.
     *
     * @param into 8192 bytes; the trailer stays as it was on disk
     * @throws dev.strongroom.common.error.DatabaseException DATA_CORRUPTED naming file and page; never delivers bad bytes
     */
    void read(long page, byte[] into);

    /**
     * Protects and writes pages durably: after a crash each is whole, old or new. One batch at a time.
     *
     * @throws dev.strongroom.common.error.DatabaseException IO_ERROR, after which the database must stop
     */
    void write(PageBatch batch);

    /**
     * How many pages a batch may have now without asking the file system for space.
     *
     * @param more whether more would be welcome: then space is asked for, if it is to be had
     */
    default int batchPages(boolean more) {
        return PageBatch.CAPACITY;
    }

    /** Pages that exist, allocated or not; every one below can be read. */
    long pageCount();

    /** What the sealed pages added up to after the last batch (TDE-519). */
    PageManifest manifest();

    /** Appends empty pages, durable on return. */
    void grow(long pageCount);
}
