package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** However many threads redo, the same log makes the same pages. */
class ParallelRedoTest extends SeededTest {
    private static final String DATA = "db/5/data.00000001";

    @Test
    void theSameLogMakesTheSamePagesWithAnyNumberOfThreads() {
        for (int round = 0; round < 5; round++) {
            TestMachine machine = new TestMachine(random().split(), 90 * 8192);
            CellContent content =
                    machine.start().create(TestMachine.DATABASE, null).content();
            for (int i = 0; i < 400; i++) {
                if (i % 20 == 0) {
                    content.addPage(i);
                }
                CellContent.Change change = content.begin();
                for (int n = random().below(6); n >= 0; n--) {
                    change.set(random().below(CellContent.PAGES * CellContent.CELLS_PER_PAGE), i + 1);
                }
                if (i < 395) {
                    change.commit();
                }
            }
            machine.crash();
            List<byte[]> images = new ArrayList<>();
            for (int threads = 1; threads <= 4; threads++) {
                SimulatedDisk copy = machine.disk.copy(random().split());
                TestMachine again = new TestMachine(copy, new SeededRandomness(seed() + round), 90 * 8192);
                again.redoThreads = threads;
                Storage<CellContent> storage = again.start();
                storage.open(TestMachine.DATABASE).checkpoint();
                images.add(copy.bytes(DATA));
                storage.close();
            }
            assertThat(images).allSatisfy(image -> assertThat(image).isEqualTo(images.getFirst()));
        }
    }
}
