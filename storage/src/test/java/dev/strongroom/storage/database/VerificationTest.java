package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.storage.verify.Finding;
import dev.strongroom.testkit.random.SeededTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class VerificationTest extends SeededTest {
    private static final long POOL = 80 * 8192;

    private static List<Finding> verify(TestMachine machine) {
        List<Finding> findings = new ArrayList<>();
        new OfflineVerification<>(machine.environment(machine.disk.files()), CellContent::new, (database, found) -> {})
                .verify(TestMachine.DATABASE, findings::add);
        return findings;
    }

    private static Map<String, byte[]> content(TestMachine machine) {
        Map<String, byte[]> content = new HashMap<>();
        for (String path : machine.disk.paths()) {
            content.put(path, machine.disk.bytes(path));
        }
        return content;
    }

    private TestMachine crashed(NewKey key) {
        TestMachine machine = new TestMachine(random(), POOL);
        CellContent cells = machine.start().create(TestMachine.DATABASE, key).content();
        for (int i = 0; i < 50; i++) {
            CellContent.Change change = cells.begin();
            change.set(i * 37, i);
            if (i % 10 != 9) {
                change.commit();
            }
        }
        machine.crash();
        return machine;
    }

    @Test
    void aCrashedDatabaseIsJudgedWithoutBeingChanged() {
        TestMachine machine = crashed(TestMachine.newKey(1));
        Map<String, byte[]> before = content(machine);
        assertThat(verify(machine)).isEmpty();
        Map<String, byte[]> after = content(machine);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((path, bytes) -> assertThat(after.get(path)).as(path).isEqualTo(bytes));
    }

    @Test
    void plantedDefectsAreAllFoundAndNothingElse() {
        TestMachine machine = crashed(TestMachine.newKey(1));
        Storage<CellContent> storage = machine.start();
        storage.open(TestMachine.DATABASE);
        storage.close();
        machine.crash();
        // Pages recovery has no reason to read: it would stop there.
        TreeSet<Long> planted = new TreeSet<>();
        while (planted.size() < 20) {
            long page = 20 + random().below(44);
            if (planted.add(page)) {
                machine.disk.flipBit("db/5/data.00000001", page * 8192 + random().below(8192), random().below(8));
            }
        }
        assertThat(verify(machine).stream().map(Finding::page)).containsExactlyElementsOf(planted);
    }
}
