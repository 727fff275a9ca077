package dev.strongroom.storage.database;

import dev.strongroom.storage.log.ActiveTransactions;
import dev.strongroom.storage.log.CounterSource;
import dev.strongroom.storage.log.Counters;
import dev.strongroom.storage.log.RecordHandlers;
import dev.strongroom.storage.space.SpaceAllocator;

/** What lives in a database's pages. Calls come in the order of the methods. */
public interface StoredContent extends ActiveTransactions, CounterSource {
    /** Registers who redoes, undoes and observes its records; before recovery. */
    void register(RecordHandlers handlers);

    /** Gives it space, when every page is redone and before anything is undone. */
    void attach(SpaceAllocator space);

    /**
     * Makes the first content of a new, empty database.
     *
     * @return root page of the tree of trees, for the boot record
     */
    long create();

    /** Everything is recovered; sessions may come. */
    void open(Counters counters);

    /** Rolls back what is running. Nothing is called after this. */
    void close();
}
