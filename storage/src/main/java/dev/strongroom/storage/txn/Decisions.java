package dev.strongroom.storage.txn;

/** What {@code master} decided about transactions that wrote it and another database (S-1); asked by recovery. */
@FunctionalInterface
public interface Decisions {
    /** Where no transaction was ever prepared. */
    Decisions NONE = (databaseId, transaction) -> false;

    /** Whether a prepared transaction of a database committed; unknown means it did not. */
    boolean committed(int databaseId, long transaction);
}
