package dev.strongroom.storage.table;

/** What tests may see of what the engine holds. */
public final class StoreView {
    private StoreView() {}

    /** Whether no row and no table is locked and no transaction is under way. */
    public static boolean isIdle(TableStore store) {
        return store.rowLocks.isEmpty()
                && store.tableLocks.isEmpty()
                && store.rows.transactions().activeCount() == 0;
    }
}
