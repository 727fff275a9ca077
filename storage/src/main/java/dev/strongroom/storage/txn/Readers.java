package dev.strongroom.storage.txn;

import java.util.ArrayList;
import java.util.List;

/** Transactions with a snapshot, each of which knows its place. Guarded by its owner. */
final class Readers {
    private final List<Txn> txns = new ArrayList<>();

    /** Adds one, if it is not there. */
    void add(Txn txn) {
        if (txn.readerPlace < 0) {
            txn.readerPlace = txns.size();
            txns.add(txn);
        }
    }

    /** Removes one, if it is there; the last takes its place. */
    void remove(Txn txn) {
        if (txn.readerPlace >= 0) {
            Txn last = txns.removeLast();
            if (last != txn) {
                txns.set(txn.readerPlace, last);
                last.readerPlace = txn.readerPlace;
            }
            txn.readerPlace = -1;
        }
    }

    /** In no order. */
    List<Txn> all() {
        return txns;
    }
}
