package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a scan goes about its work, what it leaves alone, and what a rotation costs those who work meanwhile. */
class EncryptionScanTest extends SeededTest {
    private static final String DATA = "db/5/data.00000001";
    private static final long POOL = 80 * 8192;
    private static final long MILLI = 1_000_000;
    private static final long TEN_MINUTES = 600_000_000_000L;

    private static void set(CellContent content, int cell, long value) {
        CellContent.Change change = content.begin();
        change.set(cell, value);
        change.commit();
    }

    private static StoredDatabase<CellContent> create(TestMachine machine, @Nullable NewKey key) {
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, key);
        for (int page = 0; page < CellContent.PAGES; page++) {
            set(database.content(), page * CellContent.CELLS_PER_PAGE, page + 1);
        }
        database.checkpoint();
        return database;
    }

    private static void awaitState(TestMachine machine, EncryptionControl encryption, int state) {
        machine.scheduler.await(machine, () -> encryption.status().state() == state, TEN_MINUTES);
        assertThat(encryption.status().state()).isEqualTo(state);
    }

    /** Pages written in place under a key version, in order. */
    private static SimulatedDisk.WriteListener pagesUnder(int version, List<Long> into) {
        return (path, position, bytes) -> {
            for (int at = 0;
                    path.equals(DATA) && at + PageLayout.PAGE_SIZE <= bytes.length;
                    at += PageLayout.PAGE_SIZE) {
                if (ByteBuffer.wrap(bytes).getInt(at + PageLayout.KEY_VERSION) == version) {
                    into.add((position + at) / PageLayout.PAGE_SIZE);
                }
            }
        };
    }

    /** TDE-300: one scan, by file and page number; an open transaction with changed rows and a reader's latch hold nobody up. */
    @Test
    void oneScanGoesThroughThePagesInOrder() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = create(machine, null);
        EncryptionControl encryption = database.encryption();
        encryption.createKey(TestMachine.wrapped(1), TestMachine.key(1));
        List<Long> written = new ArrayList<>();
        encryption.switchOn();
        assertThatThrownBy(() -> encryption.regenerate(TestMachine.wrapped(2), TestMachine.key(2)))
                .hasMessageContaining("while a scan is in progress");
        assertThatThrownBy(encryption::switchOff).hasMessageContaining("while a scan is in progress");
        machine.disk.listen(pagesUnder(1, written));
        CellContent.Change open = database.content().begin();
        open.set(7, 42);
        awaitState(machine, encryption, EncryptionStatus.ENCRYPTED);
        open.set(8, 43);
        open.commit();
        List<Long> firsts = new ArrayList<>(new LinkedHashSet<>(written));
        assertThat(firsts).isSorted();
        assertThat(firsts).hasSize((int) encryption.status().pagesTotal());
        assertThat(database.content().get(7)).isEqualTo(42);
    }

    /** TDE-310: SUSPEND stops a scan of any kind: no page is written by it, state and percent stay, until RESUME. */
    @Test
    void aSuspendedScanWritesNothing() {
        for (int target : new int[] {1, 2, 0}) {
            TestMachine machine = new TestMachine(random().split(), POOL);
            StoredDatabase<CellContent> database = create(machine, target == 1 ? null : TestMachine.newKey(1));
            for (int i = 0; i < 600; i++) {
                database.content().addPage(i);
            }
            database.checkpoint();
            EncryptionControl encryption = database.encryption();
            switch (target) {
                case 0 -> encryption.switchOff();
                case 1 -> {
                    encryption.createKey(TestMachine.wrapped(1), TestMachine.key(1));
                    encryption.switchOn();
                }
                default -> encryption.regenerate(TestMachine.wrapped(2), TestMachine.key(2));
            }
            assertThat(machine.scheduler.await(
                            machine, () -> encryption.status().percentComplete() > 0, TEN_MINUTES))
                    .isTrue();
            encryption.suspend();
            EncryptionStatus suspended = encryption.status();
            assertThat(suspended.percentComplete()).isBetween(1.0, 99.0);
            List<Long> written = new ArrayList<>();
            machine.disk.listen(pagesUnder(target, written));
            assertThat(machine.scheduler.await(machine, () -> !written.isEmpty(), TEN_MINUTES))
                    .isFalse();
            EncryptionStatus later = encryption.status();
            assertThat(later.scanState()).isEqualTo(EncryptionStatus.SCAN_SUSPENDED);
            assertThat(later.state()).isEqualTo(suspended.state()).isIn(2, 4, 5);
            assertThat(later.percentComplete()).isEqualTo(suspended.percentComplete());
            encryption.resume();
            awaitState(machine, encryption, target == 0 ? EncryptionStatus.UNENCRYPTED : EncryptionStatus.ENCRYPTED);
            assertThat(written).isNotEmpty();
        }
    }

    /** TDE-304: a checkpoint saves where a scan is; after a restart it goes on there by itself. */
    @Test
    void aRunningScanGoesOnWhereItWas() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = create(machine, null);
        for (int i = 0; i < 600; i++) {
            database.content().addPage(i);
        }
        database.checkpoint();
        EncryptionControl before = database.encryption();
        before.createKey(TestMachine.wrapped(1), TestMachine.key(1));
        before.switchOn();
        machine.scheduler.await(
                machine, () -> before.status().pagesDone() > before.status().pagesTotal() / 2, TEN_MINUTES);
        assertThat(before.status().state()).isEqualTo(EncryptionStatus.ENCRYPTING);
        database.checkpoint();
        long done = before.status().pagesDone();
        machine.scheduler.await(machine, () -> before.status().pagesDone() > done, TEN_MINUTES);
        assertThat(before.status().state()).isEqualTo(EncryptionStatus.ENCRYPTING);
        machine.kill();

        List<Long> written = new ArrayList<>();
        EncryptionControl after = machine.start().open(TestMachine.DATABASE).encryption();
        machine.disk.listen(pagesUnder(1, written));
        assertThat(after.status().scanState()).isEqualTo(EncryptionStatus.SCAN_RUNNING);
        assertThat(after.status().pagesDone()).isEqualTo(done);
        assertThat(after.status().percentComplete()).isGreaterThan(50);
        awaitState(machine, after, EncryptionStatus.ENCRYPTED);
        assertThat(written).isNotEmpty().allMatch(page -> page >= done);
    }

    /** TDE-304: the place is no promise of a scan that was suspended, or over, when the checkpoint came. */
    @Test
    void aCheckpointSavesTheScanOnlyWhileItRuns() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = create(machine, null);
        EncryptionControl encryption = database.encryption();
        encryption.createKey(TestMachine.wrapped(1), TestMachine.key(1));
        encryption.switchOn();
        encryption.suspend();
        database.checkpoint();
        machine.kill();
        database = machine.start().open(TestMachine.DATABASE);
        EncryptionControl suspended = database.encryption();
        assertThat(suspended.status().scanState()).isEqualTo(EncryptionStatus.SCAN_SUSPENDED);
        suspended.resume();
        awaitState(machine, suspended, EncryptionStatus.ENCRYPTED);
        database.checkpoint();
        machine.kill();
        EncryptionStatus over =
                machine.start().open(TestMachine.DATABASE).encryption().status();
        assertThat(over.scanState()).isEqualTo(EncryptionStatus.SCAN_COMPLETE);
        assertThat(over.pagesDone()).isZero();
    }

    /** S-4: while a scan encrypts, a plain page that comes back below its place is refused, above it is not. */
    @Test
    void aPlainPageBelowTheScanIsRefused() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = create(machine, null);
        for (int i = 0; i < 600; i++) {
            database.content().addPage(i);
        }
        database.checkpoint();
        byte[] plain = machine.disk.bytes(DATA);
        EncryptionControl encryption = database.encryption();
        encryption.createKey(TestMachine.wrapped(1), TestMachine.key(1));
        encryption.switchOn();
        machine.scheduler.await(machine, () -> encryption.status().pagesDone() > 200, TEN_MINUTES);
        encryption.suspend();
        long place = encryption.status().pagesDone();
        machine.disk.replace(DATA, plain);
        database.store().read(place, new byte[PageLayout.PAGE_SIZE]);
        StoredDatabase<CellContent> open = database;
        assertThatThrownBy(() -> open.store().read(place - 1, new byte[PageLayout.PAGE_SIZE]))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.report().routine()).isEqualTo("MSSQL91001"));
    }

    /** TDE-307: whoever listens hears of the end of a scan before the state says so. */
    @Test
    void theEndOfAScanIsToldBeforeItHolds() {
        TestMachine machine = new TestMachine(random(), POOL);
        EncryptionControl encryption = create(machine, null).encryption();
        encryption.createKey(TestMachine.wrapped(1), TestMachine.key(1));
        List<String> told = new ArrayList<>();
        encryption.onScanChange(status -> told.add(status.state() + "/" + status.scanState() + " while "
                + encryption.status().state() + "/" + encryption.status().scanState()));
        encryption.switchOn();
        awaitState(machine, encryption, EncryptionStatus.ENCRYPTED);
        encryption.regenerate(TestMachine.wrapped(2), TestMachine.key(2));
        awaitState(machine, encryption, EncryptionStatus.ENCRYPTED);
        encryption.switchOff();
        awaitState(machine, encryption, EncryptionStatus.UNENCRYPTED);
        assertThat(told)
                .containsExactly(
                        "2/1 while 2/1",
                        "3/4 while 2/1",
                        "4/1 while 4/1",
                        "3/4 while 4/1",
                        "5/1 while 5/1",
                        "1/4 while 5/1");
    }

    /** TDE-301: what work has put under the target meanwhile is not written once more. */
    @Test
    void pagesUnderTheTargetAreSkipped() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = create(machine, TestMachine.newKey(1));
        EncryptionControl encryption = database.encryption();
        List<Long> written = new ArrayList<>();
        machine.disk.listen(pagesUnder(2, written));
        encryption.regenerate(TestMachine.wrapped(2), TestMachine.key(2));
        encryption.suspend();
        for (int page = 3; page < 8; page++) {
            set(database.content(), page * CellContent.CELLS_PER_PAGE, 100 + page);
        }
        database.checkpoint();
        Set<Long> byWork = new TreeSet<>(written);
        assertThat(byWork).hasSizeBetween(5, (int) encryption.status().pagesTotal() - 10);
        written.clear();
        encryption.resume();
        awaitState(machine, encryption, EncryptionStatus.ENCRYPTED);
        assertThat(written).isNotEmpty().doesNotContainAnyElementsOf(byWork);
        assertThat(database.content().get(5 * CellContent.CELLS_PER_PAGE)).isEqualTo(105);
    }

    /** A pool whose clean frames are all in use for as long as the scan's batch takes to write: who needs one waits for it. */
    @Test
    void aSmallPoolWaitsForTheScan() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = create(machine, TestMachine.newKey(1));
        for (int i = 0; i < 600; i++) {
            database.content().addPage(i);
        }
        database.checkpoint();
        EncryptionControl encryption = database.encryption();
        machine.disk.pauseWith(() -> machine.scheduler.await(machine, () -> false, MILLI / 10));
        encryption.regenerate(TestMachine.wrapped(2), TestMachine.key(2));
        for (int change = 0; encryption.status().state() == EncryptionStatus.KEY_CHANGE; change++) {
            set(database.content(), change * 37 % (CellContent.PAGES * CellContent.CELLS_PER_PAGE), change);
            assertThat(database.content().get(change * 91 % CellContent.CELLS_PER_PAGE))
                    .isNotNegative();
        }
    }

    /**
     * TDE-514: REGENERATE writes no page itself, and while the scan runs at its default speed, on a disk that takes 0.1 ms for
     * everything, no change waits 100 ms for it (in simulated time). That a crash at any moment loses nothing is shown by
     * {@link EncryptionTest}.
     */
    @Test
    void aRotationBlocksNobody() {
        TestMachine machine = new TestMachine(random(), 5 * POOL);
        StoredDatabase<CellContent> database = create(machine, TestMachine.newKey(1));
        for (int i = 0; i < 600; i++) {
            database.content().addPage(i);
        }
        database.checkpoint();
        EncryptionControl encryption = database.encryption();
        machine.disk.pauseWith(() -> machine.scheduler.await(machine, () -> false, MILLI / 10));
        long before = machine.scheduler.monotonicNanos();
        encryption.regenerate(TestMachine.wrapped(2), TestMachine.key(2));
        assertThat(machine.scheduler.monotonicNanos() - before).isLessThan(100 * MILLI);
        List<Long> waits = new ArrayList<>();
        int changes = 0;
        while (encryption.status().state() == EncryptionStatus.KEY_CHANGE) {
            long start = machine.scheduler.monotonicNanos();
            set(database.content(), changes * 37 % (CellContent.PAGES * CellContent.CELLS_PER_PAGE), changes);
            assertThat(database.content().get(changes * 91 % CellContent.CELLS_PER_PAGE))
                    .isNotNegative();
            waits.add(machine.scheduler.monotonicNanos() - start);
            changes++;
            assertThat(changes).as("%s", encryption.status()).isLessThan(20_000);
        }
        assertThat(waits).hasSizeGreaterThan(50);
        assertThat(waits).allMatch(wait -> wait < 100 * MILLI);
        assertThat(encryption.status().oldestKeyVersion()).isEqualTo(2);
    }

    /** TDE-25: the wrapped key is in the database's own boot record and log, and nowhere else. */
    @Test
    void theKeyIsKeptInItsDatabaseOnly() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        storage.create(6, null).checkpoint();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, null);
        byte[] blob = "a wrapped key that is easy to find again".getBytes(StandardCharsets.US_ASCII);
        database.encryption()
                .createKey(
                        new WrappedDek(
                                WrappedDek.Encryptor.CERTIFICATE,
                                DekAlgorithm.AES_256,
                                1,
                                TestMachine.ENCRYPTION_ID,
                                Thumbprint.of(new byte[20]),
                                blob),
                        TestMachine.key(1));
        database.encryption().switchOn();
        awaitState(machine, database.encryption(), EncryptionStatus.ENCRYPTED);
        storage.close();
        List<String> holders = machine.disk.paths().stream()
                .filter(path -> new String(machine.disk.bytes(path), StandardCharsets.ISO_8859_1)
                        .contains(new String(blob, StandardCharsets.US_ASCII)))
                .toList();
        assertThat(holders).contains("db/5/boot.0").allMatch(path -> path.startsWith("db/5/"));
        assertThat(holders).noneMatch(path -> path.contains("data.") || path.contains("journal"));
    }

    /** TDE-508: a page torn by a crash gets its whole copy back, and is called torn; any other damaged page is 91001. */
    @Test
    void aTornPageIsToldFromTampering() {
        for (NewKey key : new NewKey[] {TestMachine.newKey(1), null}) {
            TestMachine machine = new TestMachine(random().split(), POOL);
            StoredDatabase<CellContent> database = create(machine, key);
            byte[] before = machine.disk.bytes(DATA);
            List<Long> batch = new ArrayList<>();
            machine.disk.listen(pagesUnder(key == null ? 0 : 1, batch));
            set(database.content(), 3 * CellContent.CELLS_PER_PAGE, 77);
            database.checkpoint();
            machine.kill();
            byte[] after = machine.disk.bytes(DATA);
            int page = batch.stream()
                    .mapToInt(Long::intValue)
                    .filter(each -> !Arrays.equals(
                            before, each * 8192, each * 8192 + 8192, after, each * 8192, each * 8192 + 8192))
                    .findFirst()
                    .orElseThrow();
            byte[] torn = after.clone();
            System.arraycopy(before, page * 8192 + 4096, torn, page * 8192 + 4096, 4096);
            machine.disk.replace(DATA, torn);
            StoredDatabase<CellContent> opened = machine.start().open(TestMachine.DATABASE);
            assertThat(opened.store().torn()).containsExactly((long) page);
            assertThat(opened.content().get(3 * CellContent.CELLS_PER_PAGE)).isEqualTo(77);
            machine.kill();

            byte[] whole = machine.disk.bytes(DATA);
            int other = whole.length / 8192 - 1;
            byte[] tampered = whole.clone();
            tampered[other * 8192 + 5000] ^= 1;
            machine.disk.replace(DATA, tampered);
            StoredDatabase<CellContent> again = machine.start().open(TestMachine.DATABASE);
            assertThat(again.store().torn()).isEmpty();
            assertThatThrownBy(() -> again.store().read(other, new byte[8192]))
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.report().routine()).isEqualTo("MSSQL91001"));
            machine.crash();
        }
    }

    /** TDE-400, TDE-304, TDE-160: 33114, the scan stops at the first bad page; it goes on once the page is mended. */
    @Test
    void aBadPageEndsTheScan() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, null);
        database.checkpoint();
        byte[] before = machine.disk.bytes(DATA);
        set(database.content(), 1, 1);
        storage.close();
        byte[] good = machine.disk.bytes(DATA);
        byte[] bad = good.clone();
        int page = Arrays.mismatch(before, good) / 8192;
        bad[page * 8192 + 100] ^= 1;
        machine.disk.replace(DATA, bad);
        database = machine.start().open(TestMachine.DATABASE);
        EncryptionControl encryption = database.encryption();
        encryption.createKey(TestMachine.wrapped(1), TestMachine.key(1));
        encryption.switchOn();
        machine.scheduler.await(
                machine, () -> encryption.status().scanState() == EncryptionStatus.SCAN_ABORTED, TEN_MINUTES);
        assertThat(encryption.status().scanState()).isEqualTo(EncryptionStatus.SCAN_ABORTED);
        assertThat(encryption.status().state()).isEqualTo(EncryptionStatus.ENCRYPTING);
        byte[] mended = machine.disk.bytes(DATA);
        System.arraycopy(good, page * 8192, mended, page * 8192, 8192);
        machine.disk.replace(DATA, mended);
        encryption.switchOn();
        awaitState(machine, encryption, EncryptionStatus.ENCRYPTED);
    }
}
