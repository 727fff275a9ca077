package dev.strongroom.storage.log;

/**
 * A log segment as the views show it (a virtual log file, TDE-208).
 *
 * @param endLsn where it ends; {@link Long#MAX_VALUE} while it is written
 * @param keyVersion 0 = plain
 * @param thumbprint of the encryptor, zero bytes if plain
 */
public record LogSegmentInfo(
        long number, long firstLsn, long endLsn, long sizeBytes, int keyVersion, byte[] thumbprint) {

    /** Whether all of it lies before an LSN. An empty segment right there does not: the chain from there on begins with it. */
    public boolean isBefore(long lsn) {
        return endLsn <= lsn && firstLsn < lsn;
    }
}
