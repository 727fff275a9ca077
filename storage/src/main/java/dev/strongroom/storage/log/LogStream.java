package dev.strongroom.storage.log;

import dev.strongroom.common.error.DatabaseException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The log of one database: a stream of records. On local segments now, replicated later. Thread-safe. */
public interface LogStream {
    /**
     * Appends a record: gives it its place in the stream; it is durable later. The caller holds the exclusive latches of all
     * pages the record has sections for until it has stamped them with the LSN.
     *
     * @return the record's LSN: where it ends
     * @throws dev.strongroom.common.error.DatabaseException the database has stopped
     */
    long append(RecordWriter record);

    /**
     * Waits until everything up to an LSN is durable.
     *
     * @throws dev.strongroom.common.error.DatabaseException the database has stopped: nobody knows whether it is durable
     */
    void durable(long lsn);

    /**
     * Makes everything up to an LSN durable on this thread, for as long as the disk takes, if nobody is at it just now.
     *
     * @return whether it is durable
     * @throws dev.strongroom.common.error.DatabaseException the database has stopped: nobody knows whether it is durable
     */
    boolean tryDurable(long lsn);

    /**
     * Has something told once everything up to an LSN is durable: now, or by the log's thread, which it must not hold up.
     *
     * @param told gets null, or why nobody knows whether it is durable
     * @throws dev.strongroom.common.error.DatabaseException the database has stopped; nothing is told then
     */
    void whenDurable(long lsn, Consumer<@Nullable DatabaseException> told);

    /** Everything up to here is durable. */
    long durableLsn();

    /** Where the next record will start. */
    long endLsn();

    /**
     * To be called before work that makes the log grow and may be refused, with no latch held: where the disk is full, what room
     * is left is kept for undoing.
     *
     * @throws dev.strongroom.common.error.DatabaseException DISK_FULL
     * @throws dev.strongroom.common.time.WouldBlock it may not wait to see whether there is room
     */
    default void admit() {}

    /** Keeps room for records that must not fail for want of space, or gives it back where the number is negative. */
    default void owe(long bytes) {}

    /** Whether the log could not grow when it last tried: what can wait is to wait. */
    default boolean isShort() {
        return false;
    }
}
