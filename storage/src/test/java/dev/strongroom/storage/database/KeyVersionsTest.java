package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupProgress;
import dev.strongroom.storage.boot.BackupFacts;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.storage.log.LogSegmentInfo;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How long a key version is kept: as long as a page or a log segment is under it, and no longer. */
class KeyVersionsTest extends SeededTest {
    private static final long POOL = 80 * 8192;
    private static final long TEN_MINUTES = 600_000_000_000L;
    private static final int CHANGES = 8;

    private static void change(StoredDatabase<CellContent> database, int cell, long value) {
        CellContent.Change change = database.content().begin();
        change.set(cell, value);
        change.commit();
    }

    private static void rotate(TestMachine machine, StoredDatabase<CellContent> database, int version) {
        EncryptionControl encryption = database.encryption();
        encryption.requireKeyChange();
        encryption.regenerate(TestMachine.wrapped(version), TestMachine.key(version));
        awaitEncrypted(machine, encryption);
    }

    private static void awaitEncrypted(TestMachine machine, EncryptionControl encryption) {
        machine.scheduler.await(machine, () -> encryption.status().state() == EncryptionStatus.ENCRYPTED, TEN_MINUTES);
        assertThat(encryption.status().state()).isEqualTo(EncryptionStatus.ENCRYPTED);
    }

    private static List<Integer> versions(EncryptionControl encryption) {
        return encryption.status().keys().stream().map(WrappedDek::keyVersion).toList();
    }

    private static void refusesAnother(EncryptionControl encryption) {
        assertThatThrownBy(encryption::requireKeyChange)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.report().routine()).isEqualTo("MSSQL33122"));
    }

    private static StoredDatabase<CellContent> backedUp(TestMachine machine) {
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
        change(database, 1, 101);
        backup(machine, database, BackupKind.DATABASE, "full.bak");
        change(database, 2, 102);
        return database;
    }

    private static void backup(
            TestMachine machine, StoredDatabase<CellContent> database, BackupKind kind, String name) {
        BackupMachine.backup(machine.disk.files(), database, kind, BackupProgress.NONE, name);
    }

    @Test
    @DisplayName(
            "TDE-61, TDE-150, TDE-323, TDE-515: two key changes keep their log; BACKUP LOG retires before the third")
    void theThirdKeyChangeWaitsForALogBackup() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = backedUp(machine);
        rotate(machine, database, 2);
        change(database, 3, 103);
        assertThat(versions(database.encryption())).containsExactly(1, 2);
        assertThat(database.encryption().status().oldestKeyVersion()).isEqualTo(1);
        rotate(machine, database, 3);
        change(database, 4, 104);
        assertThat(versions(database.encryption())).containsExactly(1, 2, 3);
        refusesAnother(database.encryption());
        assertThatThrownBy(() -> database.encryption().regenerate(TestMachine.wrapped(4), TestMachine.key(4)))
                .hasMessageContaining("waits to be backed up");

        machine.crash();
        StoredDatabase<CellContent> again = machine.start().open(TestMachine.DATABASE);
        EncryptionControl encryption = again.encryption();
        assertThat(versions(encryption)).containsExactly(1, 2, 3);
        refusesAnother(encryption);
        backup(machine, again, BackupKind.LOG, "log.trn");
        assertThat(machine.scheduler.await(machine, () -> versions(encryption).equals(List.of(3)), TEN_MINUTES))
                .as("%s", versions(encryption))
                .isTrue();
        assertThat(encryption.status().oldestKeyVersion()).isEqualTo(3);
        assertThat(encryption.segments()).allMatch(segment -> segment.keyVersion() == 3);
        rotate(machine, again, 4);
        for (int cell = 1; cell <= 4; cell++) {
            assertThat(again.content().get(cell)).isEqualTo(100 + cell);
        }
    }

    @Test
    @DisplayName("TDE-323: under SIMPLE, CHECKPOINT retires, once no open transaction needs the log")
    void aCheckpointRetiresUnderSimple() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
        database.boot().update(old -> old.withBackup(old.backup().withRecoveryModel(BackupFacts.SIMPLE)));
        CellContent.Change open = database.content().begin();
        open.set(5, 105);
        EncryptionControl encryption = database.encryption();
        rotate(machine, database, 2);
        rotate(machine, database, 3);
        assertThat(versions(encryption)).containsExactly(1, 2, 3);
        refusesAnother(encryption);
        open.commit();
        database.checkpoint();
        assertThat(machine.scheduler.await(machine, () -> versions(encryption).equals(List.of(3)), TEN_MINUTES))
                .isTrue();
        rotate(machine, database, 4);
        assertThat(versions(encryption)).containsExactly(4);
    }

    @Test
    @DisplayName("TDE-150, TDE-323: a key replaced while nothing is encrypted stays until the log under it has gone")
    void aKeyReplacedAfterOffStaysForItsLog() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
        CellContent.Change open = database.content().begin();
        open.set(7, 107);
        EncryptionControl encryption = database.encryption();
        encryption.switchOff();
        machine.scheduler.await(
                machine, () -> encryption.status().state() == EncryptionStatus.UNENCRYPTED, TEN_MINUTES);
        encryption.regenerate(TestMachine.wrapped(2), TestMachine.key(2));
        assertThat(versions(encryption)).containsExactly(1, 2);
        machine.crash();
        StoredDatabase<CellContent> again = machine.start().open(TestMachine.DATABASE);
        assertThat(again.content().get(7)).as("undone by log under version 1").isZero();
        again.checkpoint();
        assertThat(machine.scheduler.await(
                        machine, () -> versions(again.encryption()).equals(List.of(2)), TEN_MINUTES))
                .isTrue();
    }

    @Test
    @DisplayName("TDE-9, TDE-61, TDE-323: power fails at each I/O of two key changes, the log backup, and a third")
    void aCrashAnywhereKeepsEveryKeyThatIsNeeded() {
        long total = changes(Long.MAX_VALUE);
        assertThat(total).isGreaterThan(CHANGES);
        for (long at = 1; at <= total; at++) {
            changes(at);
        }
    }

    private long changes(long crashAt) {
        TestMachine machine = new TestMachine(new SeededRandomness(seed()), POOL);
        StoredDatabase<CellContent> database = backedUp(machine);
        long before = machine.disk.operations();
        if (crashAt != Long.MAX_VALUE) {
            machine.disk.crashAfter(crashAt);
        }
        int done = 2;
        try {
            for (int version = 2; version <= 4; version++) {
                rotate(machine, database, version);
                change(database, version + 1, 100 + version + 1);
                done = version + 1;
                if (version == 3) {
                    backup(machine, database, BackupKind.LOG, "log.trn");
                }
            }
            if (crashAt == Long.MAX_VALUE) {
                return machine.disk.operations() - before;
            }
        } catch (SimulatedCrash crash) {
            // Go on after it.
        }
        machine.crash();
        StoredDatabase<CellContent> again = machine.start().open(TestMachine.DATABASE);
        awaitEncrypted(machine, again.encryption());
        for (int cell = 1; cell <= done; cell++) {
            assertThat(again.content().get(cell)).as("crash at %s", crashAt).isEqualTo(100 + cell);
        }
        List<Integer> kept = versions(again.encryption());
        assertThat(kept).as("crash at %s", crashAt).hasSizeLessThanOrEqualTo(3);
        assertThat(again.encryption().segments().stream().map(LogSegmentInfo::keyVersion))
                .as("crash at %s", crashAt)
                .isSubsetOf(kept);
        List<Finding> findings = new ArrayList<>();
        OfflineVerification.verifyOpen(again, findings::add);
        assertThat(findings).as("crash at %s", crashAt).isEmpty();
        return 0;
    }
}
