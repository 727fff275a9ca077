package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every I/O is a place to lose power; what was acknowledged is there afterwards, nothing is there by half. */
class CrashTest extends SeededTest {
    private static final int CELLS = CellContent.PAGES * CellContent.CELLS_PER_PAGE;
    private static final long POOL = 70 * 8192;

    /** What a scenario did, as seen from outside. */
    private static final class History {
        final Map<Integer, Long> acknowledged = new TreeMap<>();
        final Map<Integer, Long> uncertain = new HashMap<>();
        final Map<Long, Long> pages = new HashMap<>();
        boolean created;
    }

    @Test
    void anEmptyDatabaseOpensAgain() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        CellContent content = storage.create(TestMachine.DATABASE, null).content();
        CellContent.Change change = content.begin();
        change.set(7, 77);
        change.commit();
        storage.close();
        storage = machine.start();
        assertThat(storage.open(TestMachine.DATABASE).content().get(7)).isEqualTo(77);
        storage.close();
    }

    @Test
    void acknowledgedChangesSurviveACrashAtEveryOperation() {
        crashEverywhere(() -> null, 3);
    }

    @Test
    void acknowledgedChangesOfASealedDatabaseSurviveACrashAtEveryOperation() {
        crashEverywhere(() -> TestMachine.newKey(1), 5);
    }

    private void crashEverywhere(Supplier<@Nullable NewKey> key, int stride) {
        long total = scenario(seed(), Long.MAX_VALUE, key);
        assertThat(total).isGreaterThan(100);
        for (long at = 1 + Math.floorMod(seed(), stride); at <= total; at += stride) {
            scenario(seed(), at, key);
        }
    }

    private long scenario(long seed, long crashAt, Supplier<@Nullable NewKey> key) {
        SeededRandomness random = new SeededRandomness(seed);
        TestMachine machine = new TestMachine(random, POOL);
        History history = new History();
        if (crashAt != Long.MAX_VALUE) {
            machine.disk.crashAfter(crashAt);
        }
        try {
            run(machine, history, key.get(), random, 25);
            if (crashAt == Long.MAX_VALUE) {
                return machine.disk.operations();
            }
        } catch (SimulatedCrash crash) {
            // What the test is about.
        }
        // Crash in recovery too, up to three deep.
        for (int depth = 0; depth < 3 && history.created; depth++) {
            machine.crash();
            machine.disk.crashAfter(1 + random.below(30));
            try {
                check(machine, history, "crash at " + crashAt + ", depth " + depth);
            } catch (SimulatedCrash crash) {
                // Once more.
            }
        }
        machine.crash();
        if (history.created) {
            check(machine, history, "crash at " + crashAt + " " + machine.disk.faults());
        }
        return machine.disk.operations();
    }

    private void run(TestMachine machine, History history, @Nullable NewKey key, SeededRandomness random, int changes) {
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, key);
        history.created = true;
        CellContent content = database.content();
        List<Long> extra = new ArrayList<>();
        for (int i = 1; i <= changes; i++) {
            CellContent.Change change = content.begin();
            history.uncertain.clear();
            for (int n = random.below(8); n >= 0; n--) {
                int cell = random.below(CELLS);
                long value = i * 100L + n;
                history.uncertain.put(cell, value);
                change.set(cell, value);
            }
            if (random.oneIn(6)) {
                database.checkpoint();
            }
            if (random.oneIn(5)) {
                // Never committed: must be gone after the crash.
                CellContent.Change loser = content.begin();
                int cell = random.below(CELLS);
                if (!history.uncertain.containsKey(cell) && !history.acknowledged.containsKey(cell)) {
                    loser.set(cell, -1);
                    history.acknowledged.put(cell, 0L);
                }
            }
            change.commit();
            history.acknowledged.putAll(history.uncertain);
            history.uncertain.clear();
            if (random.oneIn(2)) {
                extra.add(content.addPage(i));
            } else if (!extra.isEmpty()) {
                content.dropPage(extra.remove(random.below(extra.size())));
            }
        }
    }

    private void check(TestMachine machine, History history, String where) {
        Storage<CellContent> storage = machine.start();
        CellContent content = storage.open(TestMachine.DATABASE).content();
        for (Map.Entry<Integer, Long> entry : history.acknowledged.entrySet()) {
            if (!history.uncertain.containsKey(entry.getKey())) {
                assertThat(content.get(entry.getKey()))
                        .as("cell %s after %s", entry.getKey(), where)
                        .isEqualTo(entry.getValue());
            }
        }
        List<Boolean> applied = new ArrayList<>();
        history.uncertain.forEach((cell, value) -> applied.add(content.get(cell) == value));
        assertThat(applied.stream().distinct().count())
                .as("the last transaction is there by half after %s", where)
                .isLessThanOrEqualTo(1);
    }
}
