package dev.strongroom.storage.txn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.temp.TempFiles;
import dev.strongroom.testkit.random.SeededTest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The lists of running transactions against plain collections. */
class BookkeepingTest extends SeededTest {
    private final UndoFiles files = new UndoFiles(
            new UndoMemory(UndoMemory.Limits.DEFAULT),
            TempFiles.none(),
            new ThreadScheduler((role, failure) -> {}),
            new VersionChains(),
            new StopSwitch(stopped -> {}));

    private Txn transaction() {
        return new Txn(new CancelFlag(), Long.MAX_VALUE, false, new UndoLog(files));
    }

    @Test
    void theActiveOnesAreInTheOrderOfTheirIds() {
        ActiveList active = new ActiveList();
        TreeMap<Long, Txn> expected = new TreeMap<>();
        long next = 1;
        for (int step = 0; step < 2000; step++) {
            if (expected.isEmpty() || random().below(100) < 51) {
                Txn txn = transaction();
                txn.id = next++;
                txn.startLsn = random().below(1000);
                active.add(txn);
                expected.put(txn.id, txn);
            } else {
                Txn txn = List.copyOf(expected.values()).get(random().below(expected.size()));
                expected.remove(txn.id);
                active.remove(txn);
            }
            assertThat(active.size()).isEqualTo(expected.size());
            assertThat(active.lowestId(next)).isEqualTo(expected.isEmpty() ? next : expected.firstKey());
            assertThat(active.oldestStartLsn())
                    .isEqualTo(expected.values().stream()
                            .mapToLong(txn -> txn.startLsn)
                            .min()
                            .orElse(Long.MAX_VALUE));
        }
    }

    @Test
    void aReaderIsThereOnce() {
        Readers readers = new Readers();
        Set<Txn> expected = new HashSet<>();
        Txn[] txns = new Txn[20];
        for (int i = 0; i < txns.length; i++) {
            txns[i] = transaction();
        }
        for (int step = 0; step < 2000; step++) {
            Txn txn = txns[random().below(txns.length)];
            if (random().oneIn(2)) {
                readers.add(txn);
                expected.add(txn);
            } else {
                readers.remove(txn);
                expected.remove(txn);
            }
            assertThat(readers.all()).containsExactlyInAnyOrderElementsOf(expected);
        }
    }
}
