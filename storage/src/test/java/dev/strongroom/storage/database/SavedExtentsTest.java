package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupProgress;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A crash at any moment of starts and stops: what the next differential backup leaves out has not changed. */
class SavedExtentsTest extends SeededTest {
    private static final long POOL = 64 * 8192;
    private static final int COPY = 9;
    private static final int CELLS = CellContent.PAGES * CellContent.CELLS_PER_PAGE;
    private static final int STEP = 6;

    private static void change(StoredDatabase<CellContent> database, SeededRandomness random) {
        CellContent.Change change = database.content().begin();
        change.set(random.below(CELLS), random.nextLong());
        change.commit();
    }

    private static long[] cells(CellContent content) {
        return LongStream.range(0, CELLS).map(cell -> content.get((int) cell)).toArray();
    }

    /** A database with a full backup and a few changes since, stopped in order. */
    private SimulatedDisk prepared() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
        for (int i = 0; i < 200; i++) {
            database.content().addPage(i);
        }
        BackupMachine.backup(machine.disk.files(), database, BackupKind.DATABASE, BackupProgress.NONE, "full.bak");
        change(database, random());
        database.close();
        machine.kill();
        return machine.disk;
    }

    /** Two starts with a change each, the first stopped in order. */
    private static void twoStarts(TestMachine machine, SeededRandomness random) {
        for (int start = 0; start < 2; start++) {
            StoredDatabase<CellContent> database = machine.start().open(TestMachine.DATABASE);
            change(database, random);
            database.checkpoint();
            change(database, random);
            database.close();
            machine.kill();
        }
    }

    @Test
    @DisplayName(
            "S-18: crash at every sixth I/O of starts and stops, then a differential backup restores to the same content")
    void noChangeIsLeftOut() {
        SimulatedDisk before = prepared();
        int tried = 0;
        for (long crashAt = 1 + random().below(STEP); ; crashAt += STEP) {
            SeededRandomness random = random().split();
            TestMachine machine = new TestMachine(before.copy(random.split()), random, POOL);
            boolean crashed = false;
            machine.disk.crashAfter(crashAt);
            try {
                twoStarts(machine, random);
            } catch (SimulatedCrash | DatabaseException crash) {
                crashed = true;
            }
            machine.crash();
            Storage<CellContent> storage = machine.start();
            StoredDatabase<CellContent> database = storage.open(TestMachine.DATABASE);
            BackupMachine.backup(
                    machine.disk.files(), database, BackupKind.DIFFERENTIAL, BackupProgress.NONE, "since.diff");
            long[] expected = cells(database.content());
            BackupMachine.lay(machine.disk.files(), storage, COPY, "full.bak");
            BackupMachine.lay(machine.disk.files(), storage, COPY, "since.diff");
            assertThat(cells(storage.recoverRestored(COPY, RestoreEnd.ALL).content()))
                    .as("crash at I/O %d", crashAt)
                    .isEqualTo(expected);
            tried++;
            if (!crashed) {
                break;
            }
        }
        assertThat(tried).isGreaterThan(5);
    }
}
