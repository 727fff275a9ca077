package dev.strongroom.storage.table;

import dev.strongroom.common.time.Clock;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.Counters;
import dev.strongroom.storage.temp.TempFiles;
import dev.strongroom.storage.tree.MemoryStorage;
import dev.strongroom.storage.tree.TreeStore;
import dev.strongroom.storage.txn.UndoMemory;

/** The engine's tables behave as stated, on nodes small enough to split all the time. */
class StoredTableTest extends BaseTableTest {
    @Override
    protected Database open() {
        return MemoryDatabase.open(new MemoryStorage(16L << 20), 700);
    }

    /** Opens a new database on memory. */
    static final class MemoryDatabase {
        private MemoryDatabase() {}

        static final Clock CLOCK = new Clock() {
            @Override
            public long epochMicros() {
                return 0;
            }

            @Override
            public long monotonicNanos() {
                return 0;
            }
        };

        static TableStore open(MemoryStorage storage, int capacity) {
            return open(storage, capacity, TempFiles.none(), new UndoMemory(UndoMemory.Limits.DEFAULT));
        }

        static TableStore open(MemoryStorage storage, int capacity, TempFiles temp, UndoMemory undo) {
            TableStore store = new TableStore(
                    5,
                    new TreeStore(storage.pages, storage, capacity),
                    storage,
                    storage.scheduler,
                    CLOCK,
                    new StopSwitch(failure -> {}),
                    temp,
                    undo);
            store.attach(storage.format(), 0);
            store.create();
            store.open(Counters.FIRST);
            return store;
        }
    }
}
