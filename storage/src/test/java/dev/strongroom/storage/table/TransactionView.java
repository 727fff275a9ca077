package dev.strongroom.storage.table;

import dev.strongroom.storage.txn.Txn;

/** What tests may see of a transaction of the engine. */
public final class TransactionView {
    private TransactionView() {}

    /** The transaction's state below the handle. */
    public static Txn txn(Transaction transaction) {
        return ((StoredTransaction) transaction).txn;
    }
}
