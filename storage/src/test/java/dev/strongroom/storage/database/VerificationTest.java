package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.storage.page.ManifestAudit;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.testkit.random.SeededTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
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
    @DisplayName("TDE-519, S-11: one page put back to an older state, valid under its key, is found by the manifest")
    void aPagePutBackToAnOlderStateIsFound() {
        for (int algorithm = 0; algorithm < 2; algorithm++) {
            TestMachine machine = new TestMachine(random().split(), POOL);
            DekAlgorithm used = algorithm == 0 ? DekAlgorithm.AES_256 : DekAlgorithm.TRIPLE_DES_3KEY;
            machine.algorithm = used;
            Storage<CellContent> storage = machine.start();
            CellContent cells =
                    storage.create(TestMachine.DATABASE, machine.newKeyOf(1)).content();
            set(cells, 0);
            storage.close();
            byte[] before = machine.disk.bytes("db/5/data.00000001");
            storage = machine.start();
            set(storage.open(TestMachine.DATABASE).content(), 1000);
            storage.close();
            assertThat(verify(machine)).isEmpty();
            byte[] now = machine.disk.bytes("db/5/data.00000001");
            int changed = 0;
            for (int at = 0; at + 8192 <= before.length; at += 8192) {
                if (!Arrays.equals(before, at, at + 8192, now, at, at + 8192)) {
                    changed++;
                    byte[] rolledBack = now.clone();
                    System.arraycopy(before, at, rolledBack, at, 8192);
                    machine.disk.replace("db/5/data.00000001", rolledBack);
                    assertThat(verify(machine))
                            .as("%s page %s", used, at / 8192)
                            .singleElement()
                            .satisfies(found -> assertThat(found.what()).contains("91011"));
                }
            }
            assertThat(changed).isPositive();
        }
    }

    private static void set(CellContent cells, int base) {
        for (int i = 0; i < 10; i++) {
            CellContent.Change change = cells.begin();
            change.set(i * 37, base + i);
            change.commit();
        }
    }

    @Test
    @DisplayName("TDE-519: pages are added up beside work going on; batches in between do not disturb the sums")
    void theManifestIsCheckedBesideWork() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
        set(database.content(), 0);
        database.checkpoint();
        ManifestAudit audit = database.store().audit();
        boolean seen = false;
        while (!seen) {
            seen = audit.step(7);
            if (!seen) {
                set(database.content(), random().below(1_000_000));
                database.checkpoint();
            }
        }
        ManifestAudit.Outcome outcome = audit.end();
        assertThat(outcome.kept()).isNotEmpty();
        assertThat(outcome.mismatches()).isEmpty();
    }

    @Test
    @DisplayName("TDE-517: of a hundred planted defects all are found, and nothing else")
    void plantedDefectsAreAllFoundAndNothingElse() {
        TestMachine machine = crashed(TestMachine.newKey(1));
        Storage<CellContent> storage = machine.start();
        CellContent content = storage.open(TestMachine.DATABASE).content();
        for (int i = 0; i < 200; i++) {
            content.addPage(i);
        }
        storage.close();
        machine.crash();
        // Pages recovery has no reason to read: it would stop there.
        TreeSet<Long> planted = new TreeSet<>();
        int pages = machine.disk.bytes("db/5/data.00000001").length / 8192;
        while (planted.size() < 100) {
            long page = 20 + random().below(pages - 20);
            if (planted.add(page)) {
                machine.disk.flipBit("db/5/data.00000001", page * 8192 + random().below(8192), random().below(8));
            }
        }
        assertThat(verify(machine).stream().map(Finding::page)).containsExactlyElementsOf(planted);
    }
}
