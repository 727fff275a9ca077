package dev.strongroom.storage.txn;

/** Does what {@link Txn#cleanup(RowCleaner, long, byte[], byte[])} put off; by the cleaner's thread. */
@FunctionalInterface
public interface RowCleaner {
    /**
     * @param content root of the row's tree when the row was changed; it may have been emptied since
     * @param writer transaction that changed it
     * @param work as it was given
     */
    void clean(long content, byte[] key, long writer, byte[] work);
}
