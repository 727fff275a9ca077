package dev.strongroom.storage.database;

import dev.strongroom.storage.log.Counters;
import dev.strongroom.storage.log.RecordHandlers;
import dev.strongroom.storage.space.SpaceAllocator;
import dev.strongroom.storage.table.TableStore;
import dev.strongroom.storage.txn.UndoMemory;

/** What every real database contains: tables over trees. */
public final class TableContent implements StoredContent {
    private final TableStore tables;
    private final long rootPage;

    /** With a budget for undo of its own. */
    public TableContent(ContentFactory.Ground ground) {
        this(ground, new UndoMemory(UndoMemory.Limits.DEFAULT));
    }

    /**
     * @param undo what all databases of the server may keep of undo in memory
     */
    public TableContent(ContentFactory.Ground ground, UndoMemory undo) {
        rootPage = ground.rootPage();
        tables = new TableStore(
                ground.databaseId(),
                ground.pages(),
                ground.log(),
                ground.scheduler(),
                ground.clock(),
                ground.stop(),
                ground.temp(),
                undo);
    }

    /** The database as {@code catalog} and {@code sql} see it. */
    public TableStore tables() {
        return tables;
    }

    @Override
    public void register(RecordHandlers handlers) {
        tables.register(handlers);
    }

    @Override
    public void attach(SpaceAllocator space) {
        tables.attach(space, rootPage);
    }

    @Override
    public long create() {
        return tables.create();
    }

    @Override
    public void open(Counters counters) {
        tables.open(counters);
    }

    @Override
    public void close() {
        tables.close();
    }

    @Override
    public long oldestStartLsn() {
        return tables.oldestStartLsn();
    }

    @Override
    public Counters counters() {
        return tables.counters();
    }
}
