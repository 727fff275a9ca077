package dev.strongroom.storage.txn;

/** What tests may see of a transaction's times. */
public final class TxnView {
    private TxnView() {}

    /** Commit timestamp, 0 before its commit record is in the log. */
    public static long commitTime(Txn txn) {
        return txn.commitTime;
    }
}
