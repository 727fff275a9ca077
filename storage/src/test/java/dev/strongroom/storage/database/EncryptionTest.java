package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.simulation.NonceLog;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Switching encryption on, off and to another key, with power failures at any moment. */
class EncryptionTest extends SeededTest {
    private static final long MARKER = 0x5345435245540000L;
    private static final byte[] MARKER_BYTES = {0x54, 0x45, 0x52, 0x43, 0x45, 0x53};
    private static final long POOL = 80 * 8192;

    private static final int UPDATES_OF_A_CLONE = 10_000;
    private static final int BETWEEN_CHECKPOINTS = 500;

    private static void fill(CellContent content, int from, int count) {
        for (int i = from; i < from + count; i++) {
            CellContent.Change change = content.begin();
            for (int n = 0; n < 5; n++) {
                change.set((i * 97 + n * 1013) % (CellContent.PAGES * CellContent.CELLS_PER_PAGE), MARKER | i);
            }
            change.commit();
        }
    }

    private static boolean markerFound(SimulatedDisk disk) {
        return disk.paths().stream().anyMatch(path -> disk.find(path, MARKER_BYTES) >= 0);
    }

    private static void awaitState(TestMachine machine, EncryptionControl encryption, int state) {
        boolean reached =
                machine.scheduler.await(machine, () -> encryption.status().state() == state, 600_000_000_000L);
        assertThat(encryption.status().state()).as("%s", reached).isEqualTo(state);
    }

    @Test
    @DisplayName(
            "TDE-1, TDE-5, TDE-12, TDE-49, TDE-59: nothing readable is left in pages, journal and log once state 3 is shown")
    void nothingReadableIsLeftOnceTheDatabaseIsEncrypted() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
        fill(database.content(), 1, 60);
        database.checkpoint();
        long page = database.content().addPage(MARKER);
        database.checkpoint();
        database.content().dropPage(page);
        assertThat(markerFound(machine.disk)).isTrue();

        database.encryption().createKey(TestMachine.wrapped(1), TestMachine.key(1));
        assertThat(database.encryption().status().state()).isEqualTo(EncryptionStatus.UNENCRYPTED);
        database.encryption().switchOn();
        fill(database.content(), 100, 20);
        awaitState(machine, database.encryption(), EncryptionStatus.ENCRYPTED);
        assertThat(database.encryption().status().plainLogBytes()).isZero();
        assertThat(markerFound(machine.disk)).isFalse();

        fill(database.content(), 200, 20);
        database.checkpoint();
        assertThat(markerFound(machine.disk)).isFalse();
    }

    @Test
    @DisplayName(
            "TDE-73, TDE-75, TDE-321: OFF brings the pages back into the clear; then the key can be dropped, its number stays taken")
    void offBringsThePagesBackIntoTheClear() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
        fill(database.content(), 1, 20);
        database.encryption().switchOff();
        awaitState(machine, database.encryption(), EncryptionStatus.UNENCRYPTED);
        byte[] data = machine.disk.bytes("db/5/data.00000001");
        for (int page = 0; page < data.length / 8192; page++) {
            assertThat(ByteBuffer.wrap(data).getInt(page * 8192 + PageLayout.KEY_VERSION))
                    .as("page %s", page)
                    .isZero();
        }
        assertThat(database.encryption().segments().getLast().keyVersion()).isZero();
        fill(database.content(), 100, 5);
        database.checkpoint();
        assertThat(database.encryption().segments()).allMatch(segment -> segment.keyVersion() == 0);
        database.encryption().dropKey();
        assertThat(database.encryption().status().state()).isEqualTo(EncryptionStatus.NO_KEY);
        assertThat(database.encryption().status().lastKeyVersion()).isEqualTo(1);
        machine.crash();
        assertThat(machine.start().open(TestMachine.DATABASE).content().get(97)).isEqualTo(MARKER | 1);
    }

    @Test
    @DisplayName("TDE-150, TDE-323, TDE-515: after a rotation nothing is under the old key, which is retired")
    void regenerateRetiresTheOldKey() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
        fill(database.content(), 1, 20);
        database.encryption().regenerate(TestMachine.wrapped(2), TestMachine.key(2));
        assertThat(database.encryption().status().state()).isEqualTo(EncryptionStatus.KEY_CHANGE);
        awaitState(machine, database.encryption(), EncryptionStatus.ENCRYPTED);
        EncryptionStatus status = database.encryption().status();
        assertThat(status.keyVersion()).isEqualTo(2);
        assertThat(status.oldestKeyVersion()).isEqualTo(2);
        assertThat(status.keys()).hasSize(1);
        machine.crash();
        StoredDatabase<CellContent> opened = machine.start().open(TestMachine.DATABASE);
        assertThat(opened.content().get(97)).isEqualTo(MARKER | 1);
        assertThat(opened.encryption().segments()).allMatch(segment -> segment.keyVersion() == 2);
        byte[] data = machine.disk.bytes("db/5/data.00000001");
        for (int page = 0; page < data.length / 8192; page++) {
            assertThat(ByteBuffer.wrap(data).getInt(page * 8192 + PageLayout.KEY_VERSION))
                    .as("page %s", page)
                    .isEqualTo(2);
            opened.store().read(page, new byte[8192]);
        }
    }

    /** TDE-151, TDE-154 row 6: state 6 while the keys are wrapped anew; nothing else may change meanwhile. */
    @Test
    void aChangeOfEncryptorIsShownAsState6() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
        EncryptionControl encryption = database.encryption();
        encryption.rewrap(keys -> {
            assertThat(encryption.status().state()).isEqualTo(EncryptionStatus.PROTECTION_CHANGE);
            assertThatThrownBy(encryption::switchOff).hasMessageContaining("scan is in progress");
            assertThatThrownBy(() -> encryption.rewrap(again -> again)).hasMessageContaining("in progress");
            assertThatThrownBy(encryption::dropKey).hasMessageContaining("in use");
            return keys;
        });
        assertThat(encryption.status().state()).isEqualTo(EncryptionStatus.ENCRYPTED);
        assertThatThrownBy(() -> encryption.rewrap(keys -> {
                    throw new IllegalStateException("the token is gone");
                }))
                .hasMessage("the token is gone");
        assertThat(encryption.status().state()).isEqualTo(EncryptionStatus.ENCRYPTED);
    }

    /** TDE-151: power fails while the encryptor changes; the database opens in its old state under old or new wraps. */
    @Test
    void aCrashWhileTheEncryptorChangesLeavesTheOldState() {
        for (int afterOperations = 1; afterOperations <= 12; afterOperations++) {
            TestMachine machine = new TestMachine(random().split(), POOL);
            StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
            fill(database.content(), 1, 5);
            machine.disk.crashAfter(afterOperations);
            try {
                database.encryption().rewrap(keys -> keys);
            } catch (SimulatedCrash crash) {
                // Go on after it.
            }
            machine.crash();
            StoredDatabase<CellContent> opened = machine.start().open(TestMachine.DATABASE);
            assertThat(opened.encryption().status().state()).isEqualTo(EncryptionStatus.ENCRYPTED);
            assertThat(opened.content().get(97)).isEqualTo(MARKER | 1);
        }
    }

    @Test
    @DisplayName("TDE-302, TDE-74: percent_complete only rises while a scan runs, and is 0 outside")
    void percentOnlyRises() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
        fill(database.content(), 1, 60);
        for (int i = 0; i < 600; i++) {
            database.content().addPage(i);
        }
        EncryptionControl encryption = database.encryption();
        encryption.createKey(TestMachine.wrapped(1), TestMachine.key(1));
        assertThat(encryption.status().percentComplete()).isZero();
        encryption.switchOn();
        double[] last = new double[1];
        machine.scheduler.await(
                machine,
                () -> {
                    EncryptionStatus status = encryption.status();
                    if (status.state() == EncryptionStatus.ENCRYPTED) {
                        return true;
                    }
                    assertThat(status.percentComplete())
                            .isBetween(last[0], 100.0)
                            .isEqualTo(100.0 * status.pagesDone() / status.pagesTotal(), offset(0.01));
                    last[0] = status.percentComplete();
                    return false;
                },
                600_000_000_000L);
        assertThat(last[0]).as("seen on its way").isPositive();
        assertThat(encryption.status().state()).isEqualTo(EncryptionStatus.ENCRYPTED);
        assertThat(encryption.status().percentComplete()).isZero();
    }

    @Test
    @DisplayName("TDE-56, TDE-60, TDE-308, TDE-320, TDE-322: each log segment has one key; old ones go during a scan")
    void eachLogSegmentHasOneKey() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
        EncryptionControl encryption = database.encryption();
        encryption.createKey(TestMachine.wrapped(1), TestMachine.key(1));
        fill(database.content(), 1, 30);
        int plain = encryption.segments().size();
        assertThat(encryption.segments()).allMatch(segment -> segment.keyVersion() == 0);
        encryption.switchOn();
        encryption.suspend();
        assertThat(encryption.segments().getLast().keyVersion()).isEqualTo(1);
        assertThat(encryption.segments()).hasSize(plain + 1);
        for (int round = 0; round < 20; round++) {
            fill(database.content(), 100 * round, 60);
            database.checkpoint();
        }
        assertThat(encryption.status().state()).isEqualTo(EncryptionStatus.ENCRYPTING);
        assertThat(encryption.segments()).as("log is reused during a scan").hasSizeLessThan(4);
        assertThat(encryption.segments()).allMatch(segment -> segment.keyVersion() == 1);
        encryption.resume();
        awaitState(machine, encryption, EncryptionStatus.ENCRYPTED);
        encryption.regenerate(TestMachine.wrapped(2), TestMachine.key(2));
        assertThat(encryption.segments().getLast().keyVersion()).isEqualTo(2);
        awaitState(machine, encryption, EncryptionStatus.ENCRYPTED);
        assertThat(encryption.segments()).allMatch(segment -> segment.keyVersion() == 2);
    }

    @Test
    @DisplayName(
            "TDE-47, TDE-506, TDE-509: new pages are born sealed; a plain or empty page in an encrypted database is an error")
    void plainPagesAreRefusedOnceEncrypted() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, TestMachine.newKey(1));
        fill(database.content(), 1, 20);
        storage.close();
        TestMachine plain = new TestMachine(random().split(), POOL);
        Storage<CellContent> other = plain.start();
        other.create(TestMachine.DATABASE, null);
        other.close();
        byte[] sealed = machine.disk.bytes("db/5/data.00000001");
        byte[] clear = plain.disk.bytes("db/5/data.00000001");
        for (int page = 0; page < sealed.length / 8192; page++) {
            assertThat(ByteBuffer.wrap(sealed).getInt(page * 8192 + PageLayout.KEY_VERSION))
                    .isEqualTo(1);
        }
        int page = sealed.length / 8192 - 1;
        for (byte[] planted : new byte[][] {new byte[8192], Arrays.copyOfRange(clear, 8192 * 40, 8192 * 41)}) {
            byte[] changed = sealed.clone();
            System.arraycopy(planted, 0, changed, page * 8192, 8192);
            machine.disk.replace("db/5/data.00000001", changed);
            StoredDatabase<CellContent> opened = machine.start().open(TestMachine.DATABASE);
            byte[] image = new byte[8192];
            assertThatThrownBy(() -> opened.store().read(page, image))
                    .hasMessageContaining("page " + page + " in file");
            machine.crash();
        }
    }

    @Test
    @DisplayName("TDE-50, TDE-51, TDE-53, TDE-310: a suspended scan stays suspended across a restart, until RESUME")
    void suspendHoldsAcrossARestart() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
        fill(database.content(), 1, 20);
        database.encryption().createKey(TestMachine.wrapped(1), TestMachine.key(1));
        database.encryption().switchOn();
        database.encryption().suspend();
        machine.crash();
        database = machine.start().open(TestMachine.DATABASE);
        EncryptionControl encryption = database.encryption();
        assertThat(machine.scheduler.await(machine, () -> encryption.status().state() == 3, 60_000_000_000L))
                .isFalse();
        assertThat(encryption.status().scanState()).isEqualTo(EncryptionStatus.SCAN_SUSPENDED);
        assertThatThrownBy(encryption::suspend).isInstanceOf(DatabaseException.class);
        encryption.resume();
        awaitState(machine, encryption, EncryptionStatus.ENCRYPTED);
    }

    @Test
    @DisplayName("TDE-50, TDE-53, TDE-310: power fails at each I/O of SUSPEND and RESUME; what was answered holds")
    void aCrashAnywhereInSuspendAndResumeLosesNothing() {
        long total = suspendAndResume(Long.MAX_VALUE);
        assertThat(total).isGreaterThan(4);
        for (long at = 1; at <= total; at++) {
            suspendAndResume(at);
        }
    }

    private long suspendAndResume(long crashAt) {
        TestMachine machine = new TestMachine(new SeededRandomness(seed()), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
        fill(database.content(), 1, 10);
        EncryptionControl encryption = database.encryption();
        encryption.createKey(TestMachine.wrapped(1), TestMachine.key(1));
        encryption.switchOn();
        long before = machine.disk.operations();
        if (crashAt != Long.MAX_VALUE) {
            machine.disk.crashAfter(crashAt);
        }
        int acknowledged = 0;
        try {
            encryption.suspend();
            acknowledged = 1;
            fill(database.content(), 11, 2);
            acknowledged = 2;
            encryption.resume();
            acknowledged = 3;
        } catch (SimulatedCrash crash) {
            // Go on after it.
        }
        final long operations = machine.disk.operations() - before;
        machine.crash();
        database = machine.start().open(TestMachine.DATABASE);
        EncryptionStatus status = database.encryption().status();
        boolean suspended =
                status.state() == EncryptionStatus.ENCRYPTING && status.scanState() == EncryptionStatus.SCAN_SUSPENDED;
        assertThat(status.state()).isIn(EncryptionStatus.ENCRYPTING, EncryptionStatus.ENCRYPTED);
        if (acknowledged == 1 || acknowledged == 3) {
            assertThat(suspended).as("crash at %s", crashAt).isEqualTo(acknowledged == 1);
        }
        if (suspended) {
            database.encryption().resume();
        }
        awaitState(machine, database.encryption(), EncryptionStatus.ENCRYPTED);
        assertThat(markerFound(machine.disk)).as("crash at %s", crashAt).isFalse();
        for (int i = 1; i <= 10; i++) {
            assertThat(database.content().get(i * 97))
                    .as("crash at %s", crashAt)
                    .isEqualTo(MARKER | i);
        }
        return operations;
    }

    @ParameterizedTest
    @EnumSource(
            value = DekAlgorithm.class,
            names = {"AES_256", "TRIPLE_DES_3KEY"})
    @DisplayName("TDE-9, TDE-304, S-20: power fails at each I/O of ON, REGENERATE and OFF, with AES and with 3DES")
    void aCrashAnywhereInSwitchingOnAndOffLosesNothing(DekAlgorithm algorithm) {
        long total = changes(seed(), Long.MAX_VALUE, algorithm);
        for (long at = 1; at <= total; at++) {
            changes(seed(), at, algorithm);
        }
    }

    private long changes(long seed, long crashAt, DekAlgorithm algorithm) {
        SeededRandomness random = new SeededRandomness(seed);
        TestMachine machine = new TestMachine(random, POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
        fill(database.content(), 1, 10);
        database.checkpoint();
        long before = machine.disk.operations();
        if (crashAt != Long.MAX_VALUE) {
            machine.disk.crashAfter(crashAt);
        }
        int acknowledged = 0;
        try {
            EncryptionControl encryption = database.encryption();
            encryption.createKey(TestMachine.wrapped(1, algorithm), TestMachine.key(1, algorithm));
            acknowledged = 1;
            encryption.switchOn();
            acknowledged = 2;
            fill(database.content(), 11, 5);
            awaitState(machine, encryption, EncryptionStatus.ENCRYPTED);
            acknowledged = 3;
            encryption.regenerate(TestMachine.wrapped(2, algorithm), TestMachine.key(2, algorithm));
            acknowledged = 4;
            awaitState(machine, encryption, EncryptionStatus.ENCRYPTED);
            acknowledged = 5;
            encryption.switchOff();
            awaitState(machine, encryption, EncryptionStatus.UNENCRYPTED);
            if (crashAt == Long.MAX_VALUE) {
                return machine.disk.operations() - before;
            }
        } catch (SimulatedCrash crash) {
            // Go on after it.
        }
        machine.crash();
        database = machine.start().open(TestMachine.DATABASE);
        for (int i = 1; i <= 10; i++) {
            assertThat(database.content().get(i * 97))
                    .as("crash at %s", crashAt)
                    .isEqualTo(MARKER | i);
        }
        EncryptionStatus status = database.encryption().status();
        if (acknowledged == 0) {
            return 0;
        }
        if (acknowledged == 1 && status.state() == EncryptionStatus.UNENCRYPTED) {
            database.encryption().switchOn();
        }
        if (acknowledged < 5) {
            if (acknowledged == 2) {
                assertThat(status.state()).isIn(EncryptionStatus.ENCRYPTING, EncryptionStatus.ENCRYPTED);
            }
            awaitState(machine, database.encryption(), EncryptionStatus.ENCRYPTED);
            assertThat(markerFound(machine.disk)).as("crash at %s", crashAt).isFalse();
        }
        database.checkpoint();
        List<Finding> findings = new ArrayList<>();
        OfflineVerification.verifyOpen(database, findings::add);
        assertThat(findings).as("crash at %s", crashAt).isEmpty();
        return 0;
    }

    @Test
    @DisplayName("S-20: after 2^22 pages a 3DES key is due for REGENERATE, also when the count spans a crash")
    void aTripleDesKeyBecomesDue() {
        TestMachine machine = new TestMachine(random(), POOL);
        machine.algorithm = DekAlgorithm.TRIPLE_DES_3KEY;
        NewKey key = machine.newKeyOf(1);
        key.key().resumeTripleDesPages((1 << 22) - 100);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, key);
        fill(database.content(), 1, 2);
        database.checkpoint();
        assertThat(database.encryption().status().regenerationDue()).isFalse();
        machine.crash();
        database = machine.start().open(TestMachine.DATABASE);
        for (int i = 0; !database.encryption().status().regenerationDue(); i++) {
            assertThat(i).isLessThan(100);
            fill(database.content(), i, 5);
            database.checkpoint();
        }
        assertThat(database.store().manifest().tripleDesPages()).isBetween(1L << 22, (1L << 22) + 50);
    }

    @Test
    @DisplayName(
            "TDE-507: no pair of key and nonce is used for two contents in pages and log, also by a clone of the files")
    void noPairOfKeyAndNonceIsEverUsedForTwoContents() {
        NonceLog nonces = new NonceLog();
        TestMachine machine = new TestMachine(random(), POOL);
        machine.disk.listen(nonces::written);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
        fill(database.content(), 1, 20);
        machine.crash();
        TestMachine clone = new TestMachine(machine.disk.copy(random().split()), random().split(), POOL);
        clone.disk.listen(nonces.ofCopy()::written);
        int before = nonces.size();
        List<StoredDatabase<CellContent>> twins = List.of(
                machine.start().open(TestMachine.DATABASE), clone.start().open(TestMachine.DATABASE));
        for (int from = 0; from < UPDATES_OF_A_CLONE; from += BETWEEN_CHECKPOINTS) {
            for (int i = 0; i < twins.size(); i++) {
                // Different contents at the same places, and at the same LSNs.
                fill(twins.get(i).content(), 100 + from + i * UPDATES_OF_A_CLONE, BETWEEN_CHECKPOINTS);
                twins.get(i).checkpoint();
            }
        }
        // A frame of the log for each commit at least, and the pages of each checkpoint.
        assertThat(nonces.size() - before).isGreaterThan(2 * UPDATES_OF_A_CLONE);
    }
}
