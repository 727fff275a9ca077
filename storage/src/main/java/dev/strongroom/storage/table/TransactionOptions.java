package dev.strongroom.storage.table;

import dev.strongroom.common.time.CancelFlag;

/**
 * How a transaction runs.
 *
 * @param cancel looked at in every wait and every scan; a set flag ends the statement with QUERY_CANCELED
 * @param lockTimeoutNanos limit of one lock wait, {@link Long#MAX_VALUE} for none; LOCK_NOT_AVAILABLE after it
 */
public record TransactionOptions(IsolationLevel isolation, boolean readOnly, CancelFlag cancel, long lockTimeoutNanos) {
    public static TransactionOptions readCommitted() {
        return new TransactionOptions(IsolationLevel.READ_COMMITTED, false, new CancelFlag(), Long.MAX_VALUE);
    }

    public static TransactionOptions snapshot() {
        return new TransactionOptions(IsolationLevel.REPEATABLE_READ, false, new CancelFlag(), Long.MAX_VALUE);
    }
}
