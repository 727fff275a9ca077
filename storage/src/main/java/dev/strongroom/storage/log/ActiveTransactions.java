package dev.strongroom.storage.log;

/** What a checkpoint must know about running transactions; {@code txn} implements it. */
@FunctionalInterface
public interface ActiveTransactions {
    /**
     * A lower bound of where the first record of any unfinished transaction starts, {@link Long#MAX_VALUE} without one. A
     * transaction publishes its bound ({@link LogStream#endLsn} before its first append) before
     * that append, and withdraws it after its COMMIT or ABORT record is appended.
     */
    long oldestStartLsn();
}
