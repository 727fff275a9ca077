package dev.strongroom.server.boot;

import dev.strongroom.storage.txn.Decisions;

/** The decisions of {@code master}, which opens first and itself never waits for one. Thread-safe. */
final class LateDecisions implements Decisions {
    private volatile Decisions master = Decisions.NONE;

    void attach(Decisions opened) {
        master = opened;
    }

    @Override
    public boolean committed(int databaseId, long transaction) {
        return master.committed(databaseId, transaction);
    }
}
