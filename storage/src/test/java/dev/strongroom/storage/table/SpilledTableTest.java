package dev.strongroom.storage.table;

import dev.strongroom.storage.temp.TempFiles;
import dev.strongroom.storage.tree.MemoryStorage;
import dev.strongroom.storage.txn.UndoMemory;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;

/** The engine's tables behave as stated where all but the last few changes of a transaction have their undo in a sealed file. */
class SpilledTableTest extends BaseTableTest {
    @Override
    protected Database open() {
        SeededRandomness random = new SeededRandomness(1);
        TempFiles temp = TempFiles.open(new SimulatedDisk(random.split()).files(), random.split());
        UndoMemory undo = new UndoMemory(new UndoMemory.Limits(1 << 20, 700, 1 << 30, 0));
        return StoredTableTest.MemoryDatabase.open(new MemoryStorage(16L << 20), 700, temp, undo);
    }
}
