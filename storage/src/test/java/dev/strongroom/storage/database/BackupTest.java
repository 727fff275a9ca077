package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.file.StorageFile;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupManifest;
import dev.strongroom.storage.backup.BackupOrder;
import dev.strongroom.storage.backup.BackupProgress;
import dev.strongroom.storage.backup.ManifestCheck;
import dev.strongroom.storage.backup.ManifestSigner;
import dev.strongroom.storage.backup.MediaReader;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.storage.log.LogSegmentInfo;
import dev.strongroom.storage.page.ChangedExtents;
import dev.strongroom.storage.recovery.StopPoint;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.testkit.disk.SimulatedFiles;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Full, differential and log backups of a small engine, and what becomes of them when restored. */
class BackupTest extends SeededTest {
    private static final long POOL = 80 * 8192;
    private static final int COPY = 7;
    private static final int CELLS = CellContent.PAGES * CellContent.CELLS_PER_PAGE;
    /** Money in the bank: transfers keep the sum. */
    private static final int ACCOUNTS = 50;

    private static long[] cells(CellContent content) {
        long[] values = new long[CELLS];
        for (int i = 0; i < CELLS; i++) {
            values[i] = content.get(i);
        }
        return values;
    }

    private static void fill(CellContent content, SeededRandomness random, int transactions) {
        for (int i = 0; i < transactions; i++) {
            CellContent.Change change = content.begin();
            for (int n = 0; n < 5; n++) {
                change.set(random.below(CELLS), random.nextLong());
            }
            change.commit();
        }
    }

    /** Moves money between accounts spread over all pages, and counts transfers in a cell of the first page. */
    private static void transfer(CellContent content, SeededRandomness random) {
        int from = random.below(ACCOUNTS);
        int to = (from + 1 + random.below(ACCOUNTS - 1)) % ACCOUNTS;
        CellContent.Change change = content.begin();
        change.set(account(from), content.get(account(from)) - 1);
        change.set(account(to), content.get(account(to)) + 1);
        change.set(1, content.get(1) + 1);
        change.commit();
    }

    private static int account(int number) {
        return number * (CELLS / ACCOUNTS) + 7;
    }

    private static long sum(CellContent content) {
        long sum = 0;
        for (int i = 0; i < ACCOUNTS; i++) {
            sum += content.get(account(i));
        }
        return sum;
    }

    private static List<Finding> verify(TestMachine machine, int id) {
        List<Finding> findings = new ArrayList<>();
        new OfflineVerification<>(machine.environment(machine.disk.files()), CellContent::new, (open, sink) -> {})
                .verify(id, findings::add);
        return findings;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("TDE-16: a full backup restores under another id to the same content, plain or encrypted")
    void aFullBackupRestoresUnderAnotherId(boolean encrypted) {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database =
                storage.create(TestMachine.DATABASE, encrypted ? TestMachine.newKey(1) : null);
        fill(database.content(), random(), 100);
        SimulatedFiles files = machine.disk.files();
        BackupManifest manifest =
                BackupMachine.backup(files, database, BackupKind.DATABASE, BackupProgress.NONE, "full.bak");
        assertThat(manifest.description().pages()).isGreaterThan(CellContent.PAGES);
        long[] expected = cells(database.content());
        fill(database.content(), random(), 20);

        BackupMachine.lay(files, storage, COPY, "full.bak");
        assertThatThrownBy(() -> storage.open(COPY)).hasMessageContaining("in the middle of a restore");
        StoredDatabase<CellContent> copy = storage.recoverRestored(COPY, RestoreEnd.ALL);
        assertThat(cells(copy.content())).isEqualTo(expected);
        fill(copy.content(), random(), 10);
        long[] changed = cells(copy.content());
        if (encrypted) {
            machine.scheduler.await(
                    machine, () -> copy.encryption().status().state() == EncryptionStatus.ENCRYPTED, 60_000_000_000L);
            assertThat(copy.encryption().status().state()).isEqualTo(EncryptionStatus.ENCRYPTED);
        }
        machine.crash();
        StoredDatabase<CellContent> again = machine.start().open(COPY);
        assertThat(cells(again.content())).isEqualTo(changed);
        again.close();
        assertThat(verify(machine, COPY)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("TDE-30: a backup taken under full write load restores to a state some moment really had")
    void aBackupUnderLoadIsAStateThatWas(boolean compressed) {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, TestMachine.newKey(1));
        CellContent content = database.content();
        SimulatedFiles files = machine.disk.files();
        BackupOrder order = new BackupOrder(
                BackupKind.DATABASE, BackupMachine.origin(false), compressed, null, null, ManifestSigner.NOBODY, false);
        List<long[]> history = new ArrayList<>();
        BackupProgress load = (done, total) -> {
            for (int i = 0; i < 5; i++) {
                transfer(content, random());
                history.add(cells(content));
            }
            if (random().oneIn(10)) {
                content.addPage(random().nextLong());
            }
            if (random().oneIn(5)) {
                database.checkpoint();
            }
        };
        CellContent.Change unfinished = content.begin();
        unfinished.set(CELLS - 1, 99);
        BackupMachine.backup(files, database, order, load, "a.bak", "b.bak", "c.bak");
        BackupMachine.lay(files, storage, COPY, "c.bak", "a.bak", "b.bak");
        StoredDatabase<CellContent> copy = storage.recoverRestored(COPY, RestoreEnd.ALL);
        assertThat(sum(copy.content())).isZero();
        assertThat(copy.content().get(CELLS - 1)).isZero();
        int moment = (int) copy.content().get(1);
        long[] expected = history.get(moment - 1).clone();
        expected[CELLS - 1] = 0;
        assertThat(cells(copy.content())).isEqualTo(expected);
    }

    @Test
    @DisplayName("S-18: a differential backup reads what was written since its base, and after a crash everything once")
    void aDifferentialBackupReadsChangedExtentsOnly() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, null);
        fill(database.content(), random(), 30);
        for (int i = 0; i < 200; i++) {
            database.content().addPage(random().nextLong());
        }
        database.checkpoint();
        assertThat(database.store().pageCount()).isGreaterThan(3 * ChangedExtents.PAGES);
        SimulatedFiles files = machine.disk.files();
        BackupMachine.backup(files, database, BackupKind.DATABASE, BackupProgress.NONE, "full.bak");
        CellContent.Change change = database.content().begin();
        change.set(0, 42);
        change.commit();
        BackupOrder copyOnly = BackupOrder.plain(BackupKind.DATABASE, BackupMachine.origin(true));
        BackupMachine.backup(files, database, copyOnly, BackupProgress.NONE, "copy.bak");
        long[] expected = cells(database.content());
        BitSet changed = database.store()
                .changes()
                .since(database.boot().current().backup().baseUuid());
        assertThat(changed).isNotNull();
        assertThat(changed.cardinality()).isLessThan(3);
        long spared = changed.nextClearBit(0) * (long) ChangedExtents.PAGES;
        assertThat(spared).isLessThan(database.store().pageCount());
        for (long page = spared; page < spared + ChangedExtents.PAGES; page++) {
            machine.disk.flipBit("db/" + TestMachine.DATABASE + "/data.00000001", page * 8192 + 100, 1);
        }
        // What was not written is not looked at.
        BackupMachine.backup(files, database, BackupKind.DIFFERENTIAL, BackupProgress.NONE, "first.diff");
        BackupMachine.lay(files, storage, COPY, "full.bak");
        BackupMachine.lay(files, storage, COPY, "first.diff");
        StoredDatabase<CellContent> copy = storage.recoverRestored(COPY, RestoreEnd.ALL);
        assertThat(cells(copy.content())).isEqualTo(expected);
        machine.crash();
        StoredDatabase<CellContent> again = machine.start().open(TestMachine.DATABASE);
        assertThatThrownBy(() -> BackupMachine.backup(
                        machine.disk.files(), again, BackupKind.DIFFERENTIAL, BackupProgress.NONE, "second.diff"))
                .hasMessageContaining("detected an error on page");
    }

    @Test
    @DisplayName("S-18: log backups go on from the full one; a restore stops at any LSN in between")
    void logBackupsRestoreToAnyMoment() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, TestMachine.newKey(1));
        CellContent content = database.content();
        SimulatedFiles files = machine.disk.files();
        assertThatThrownBy(
                        () -> BackupMachine.backup(files, database, BackupKind.LOG, BackupProgress.NONE, "early.trn"))
                .hasMessageContaining("no current backup");
        fill(content, random(), 10);
        BackupMachine.backup(files, database, BackupKind.DATABASE, BackupProgress.NONE, "full.bak");
        List<long[]> states = new ArrayList<>();
        List<Long> lsns = new ArrayList<>();
        for (int log = 1; log <= 3; log++) {
            for (int i = 0; i < 10; i++) {
                fill(content, random(), 3);
                states.add(cells(content));
                lsns.add(database.log().endLsn());
            }
            database.checkpoint();
            BackupMachine.backup(files, database, BackupKind.LOG, BackupProgress.NONE, "log" + log + ".trn");
        }
        for (int round = 0; round < 6; round++) {
            int moment = random().below(states.size());
            int id = COPY + round;
            BackupMachine.lay(files, storage, id, "full.bak");
            assertThatThrownBy(() -> BackupMachine.lay(files, storage, id, "log3.trn"))
                    .hasMessageContaining("too recent");
            BackupMachine.lay(files, storage, id, "log1.trn");
            assertThatThrownBy(() -> BackupMachine.lay(files, storage, id, "log1.trn"))
                    .hasMessageContaining("too early");
            BackupMachine.lay(files, storage, id, "log2.trn");
            BackupMachine.lay(files, storage, id, "log3.trn");
            StoredDatabase<CellContent> copy =
                    storage.recoverRestored(id, new RestoreEnd(new StopPoint.Lsn(lsns.get(moment)), null));
            assertThat(cells(copy.content())).as("moment %s", moment).isEqualTo(states.get(moment));
            fill(copy.content(), random(), 5);
            long[] changed = cells(copy.content());
            assertThatThrownBy(() -> BackupMachine.lay(files, storage, id, "log3.trn"))
                    .hasMessageContaining("no files are ready to rollforward");
            BackupMachine.backup(files, copy, BackupKind.LOG, BackupProgress.NONE, "fork" + round + ".trn");
            copy.close();
            storage.close(id);
            assertThat(cells(storage.open(id).content())).isEqualTo(changed);
        }
    }

    @Test
    @DisplayName("S-18: log of two histories never mixes; a chain over a restore goes on with the new one")
    void twoHistoriesNeverMix() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, null);
        SimulatedFiles files = machine.disk.files();
        fill(database.content(), random(), 10);
        BackupMachine.backup(files, database, BackupKind.DATABASE, BackupProgress.NONE, "full.bak");
        fill(database.content(), random(), 10);
        long moment = database.log().endLsn();
        fill(database.content(), random(), 10);
        BackupMachine.backup(files, database, BackupKind.LOG, BackupProgress.NONE, "log1.trn");
        fill(database.content(), random(), 10);
        BackupMachine.backup(files, database, BackupKind.LOG, BackupProgress.NONE, "log2.trn");

        BackupMachine.lay(files, storage, COPY, "full.bak");
        BackupMachine.lay(files, storage, COPY, "log1.trn");
        StoredDatabase<CellContent> copy =
                storage.recoverRestored(COPY, new RestoreEnd(new StopPoint.Lsn(moment), null));
        fill(copy.content(), random(), 10);
        long[] expected = cells(copy.content());
        BackupMachine.backup(files, copy, BackupKind.LOG, BackupProgress.NONE, "forked.trn");

        int third = COPY + 1;
        BackupMachine.lay(files, storage, third, "full.bak");
        BackupMachine.lay(files, storage, third, "log1.trn");
        BackupMachine.lay(files, storage, third, "forked.trn");
        assertThatThrownBy(() -> BackupMachine.lay(files, storage, third, BackupTest::noKeys, "log2.trn"))
                .hasMessageContaining("recovery path");
        assertThat(cells(storage.recoverRestored(third, RestoreEnd.ALL).content()))
                .isEqualTo(expected);
    }

    /** S-18: the switches of a scan may leave a segment without a record between two log backups. */
    @Test
    void anEmptySegmentIsALinkOfTheLogChain() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, null);
        SimulatedFiles files = machine.disk.files();
        BackupMachine.backup(files, database, BackupKind.DATABASE, BackupProgress.NONE, "full.bak");
        fill(database.content(), random(), 10);
        BackupMachine.backup(files, database, BackupKind.LOG, BackupProgress.NONE, "log1.trn");
        database.log().switchSegment();
        database.checkpoint();
        database.checkpoint();
        fill(database.content(), random(), 10);
        BackupMachine.backup(files, database, BackupKind.LOG, BackupProgress.NONE, "log2.trn");

        BackupMachine.lay(files, storage, COPY, "full.bak");
        BackupMachine.lay(files, storage, COPY, "log1.trn");
        BackupMachine.lay(files, storage, COPY, "log2.trn");
        StoredDatabase<CellContent> copy = storage.recoverRestored(COPY, RestoreEnd.ALL);
        assertThat(cells(copy.content())).isEqualTo(cells(database.content()));
    }

    /** S-18: what a backup has still to copy stays, an empty segment where its log begins too. */
    @Test
    void aCheckpointDuringABackupLeavesAllItsSegments() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
        SimulatedFiles files = machine.disk.files();
        fill(database.content(), random(), 10);
        database.log().switchSegment();
        List<LogSegmentInfo> before = new ArrayList<>();
        List<LogSegmentInfo> after = new ArrayList<>();
        BackupProgress checkpoints = (done, total) -> {
            if (before.isEmpty()) {
                before.addAll(database.log().segments());
            }
            database.checkpoint();
            after.clear();
            after.addAll(database.log().segments());
        };
        BackupManifest manifest = BackupMachine.backup(files, database, BackupKind.DATABASE, checkpoints, "full.bak");
        long from = manifest.description().range().firstLsn();
        assertThat(before.stream().filter(segment -> segment.firstLsn() >= from && segment.endLsn() == from))
                .as("the case in question")
                .isNotEmpty();
        assertThat(after.stream().map(LogSegmentInfo::number).toList())
                .containsAll(before.stream()
                        .filter(segment -> segment.firstLsn() >= from)
                        .map(LogSegmentInfo::number)
                        .toList());
    }

    private static void noKeys() {
        throw new AssertionError("the keys of a backup that is not of here were committed");
    }

    @Test
    @DisplayName("S-2: a log or differential backup that does not belong here changes nothing and commits no key")
    void aBackupOfAnotherDatabaseChangesNothing() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        SimulatedFiles files = machine.disk.files();
        for (int id : new int[] {TestMachine.DATABASE, TestMachine.DATABASE + 1}) {
            StoredDatabase<CellContent> database = storage.create(id, TestMachine.newKey(1));
            fill(database.content(), random(), 10);
            BackupMachine.backup(files, database, BackupKind.DATABASE, BackupProgress.NONE, id + ".bak");
            fill(database.content(), random(), 10);
            BackupMachine.backup(files, database, BackupKind.DIFFERENTIAL, BackupProgress.NONE, id + ".dif");
            fill(database.content(), random(), 10);
            BackupMachine.backup(files, database, BackupKind.DIFFERENTIAL, BackupProgress.NONE, id + "later.dif");
            BackupMachine.backup(files, database, BackupKind.LOG, BackupProgress.NONE, id + ".trn");
        }
        String other = Integer.toString(TestMachine.DATABASE + 1);
        BackupMachine.lay(files, storage, COPY, TestMachine.DATABASE + ".bak");
        assertThatThrownBy(() -> BackupMachine.lay(files, storage, COPY, BackupTest::noKeys, other + ".dif"))
                .hasMessageContaining("correct earlier state");
        assertThatThrownBy(() -> BackupMachine.lay(files, storage, COPY, BackupTest::noKeys, other + ".trn"))
                .hasMessageContaining("another database");
        BackupMachine.lay(files, storage, COPY, TestMachine.DATABASE + ".dif");
        assertThatThrownBy(() ->
                        BackupMachine.lay(files, storage, COPY, BackupTest::noKeys, TestMachine.DATABASE + "later.dif"))
                .as("its pages could be of another history")
                .hasMessageContaining("correct earlier state");
        BackupMachine.lay(files, storage, COPY, TestMachine.DATABASE + ".trn");
        StoredDatabase<CellContent> copy = storage.recoverRestored(COPY, RestoreEnd.ALL);
        assertThat(cells(copy.content()))
                .isEqualTo(cells(storage.get(TestMachine.DATABASE).content()));
    }

    /** Extents that are known to have changed since the newest full backup; null if that is not known. */
    private static @Nullable BitSet changes(StoredDatabase<CellContent> database) {
        return database.store()
                .changes()
                .since(database.boot().current().backup().baseUuid());
    }

    private static StoredDatabase<CellContent> withFullBackup(TestMachine machine, Storage<CellContent> storage) {
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, null);
        for (int i = 0; i < 200; i++) {
            database.content().addPage(i);
        }
        BackupMachine.backup(machine.disk.files(), database, BackupKind.DATABASE, BackupProgress.NONE, "full.bak");
        return database;
    }

    private static void set(StoredDatabase<CellContent> database, long value) {
        CellContent.Change change = database.content().begin();
        change.set(0, value);
        change.commit();
    }

    @Test
    @DisplayName("S-18: an orderly stop hands the changed extents on, with what is written at the next start")
    void theChangedExtentsOutliveAnOrderlyStop() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = withFullBackup(machine, storage);
        set(database, 42);
        database.close();
        BitSet before = Objects.requireNonNull(changes(database));
        for (int round = 0; round < 3; round++) {
            machine.kill();
            storage = machine.start();
            database = storage.open(TestMachine.DATABASE);
            BitSet after = Objects.requireNonNull(changes(database));
            BitSet missing = (BitSet) before.clone();
            missing.andNot(after);
            assertThat(missing.isEmpty()).isTrue();
            assertThat(after.cardinality()).isLessThan(4);
            set(database, 43 + round);
            before = after;
            if (round < 2) {
                database.close();
            }
        }
        SimulatedFiles files = machine.disk.files();
        BackupMachine.backup(files, database, BackupKind.DIFFERENTIAL, BackupProgress.NONE, "first.diff");
        long[] expected = cells(database.content());
        BackupMachine.lay(files, storage, COPY, "full.bak");
        BackupMachine.lay(files, storage, COPY, "first.diff");
        assertThat(cells(storage.recoverRestored(COPY, RestoreEnd.ALL).content()))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("S-18: after a crash, of the process or of the machine, the set of before the start does not count")
    void theChangedExtentsCountOnce(boolean power) {
        TestMachine machine = new TestMachine(random(), POOL);
        withFullBackup(machine, machine.start()).close();
        machine.kill();
        byte[] saved = machine.disk.bytes("db/" + TestMachine.DATABASE + "/changes");
        StoredDatabase<CellContent> database = machine.start().open(TestMachine.DATABASE);
        assertThat(changes(database)).isNotNull();
        set(database, 42);
        if (power) {
            machine.crash();
        } else {
            machine.kill();
        }
        database = machine.start().open(TestMachine.DATABASE);
        assertThat(changes(database)).isNull();
        database.close();
        // Nobody brings an old one back, either.
        machine.kill();
        assertThat(machine.disk.files().exists("db/" + TestMachine.DATABASE + "/changes"))
                .isFalse();
        try (StorageFile file = machine.disk.files().create("db/" + TestMachine.DATABASE + "/changes")) {
            file.write(ByteBuffer.wrap(saved), 0);
        }
        database = machine.start().open(TestMachine.DATABASE);
        assertThat(changes(database)).isNull();
    }

    @Test
    @DisplayName("S-18: a set of changed extents with any bit changed does not count")
    void aDamagedSetOfChangedExtentsDoesNotCount() {
        TestMachine machine = new TestMachine(random(), POOL);
        withFullBackup(machine, machine.start()).close();
        machine.kill();
        String path = "db/" + TestMachine.DATABASE + "/changes";
        machine.disk.flipBit(path, random().below(machine.disk.bytes(path).length), random().below(8));
        assertThat(changes(machine.start().open(TestMachine.DATABASE))).isNull();
    }

    @Test
    @DisplayName("TDE-30: a differential backup holds what changed since the full one, and needs that very one")
    void aDifferentialBackupHoldsWhatChanged() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = storage.create(TestMachine.DATABASE, TestMachine.newKey(1));
        CellContent content = database.content();
        SimulatedFiles files = machine.disk.files();
        assertThatThrownBy(() -> BackupMachine.backup(
                        files, database, BackupKind.DIFFERENTIAL, BackupProgress.NONE, "early.dif"))
                .hasMessageContaining("current database backup does not exist");
        fill(content, random(), 10);
        for (int i = 0; i < 100; i++) {
            content.addPage(i);
        }
        BackupMachine.backup(files, database, BackupKind.DATABASE, BackupProgress.NONE, "old.bak");
        long full = BackupMachine.backup(files, database, BackupKind.DATABASE, BackupProgress.NONE, "full.bak")
                .description()
                .pages();
        CellContent.Change change = content.begin();
        change.set(5, 55);
        change.commit();
        for (int i = 0; i < 70; i++) {
            content.addPage(i);
        }
        long differential = BackupMachine.backup(
                        files, database, BackupKind.DIFFERENTIAL, (d, t) -> transfer(content, random()), "diff.dif")
                .description()
                .pages();
        assertThat(differential).isLessThan(full);
        long transfers = content.get(1);
        fill(content, random(), 10);
        BackupMachine.backup(files, database, BackupKind.LOG, BackupProgress.NONE, "log.trn");
        long[] expected = cells(content);

        BackupMachine.lay(files, storage, COPY, "old.bak");
        assertThatThrownBy(() -> BackupMachine.lay(files, storage, COPY, "diff.dif"))
                .hasMessageContaining("correct earlier state");
        BackupMachine.lay(files, storage, COPY, "full.bak");
        BackupMachine.lay(files, storage, COPY, "diff.dif");
        BackupMachine.lay(files, storage, COPY, "log.trn");
        assertThat(cells(storage.recoverRestored(COPY, RestoreEnd.ALL).content()))
                .isEqualTo(expected);
        BackupMachine.lay(files, storage, COPY + 1, "full.bak");
        BackupMachine.lay(files, storage, COPY + 1, "diff.dif");
        CellContent copy = storage.recoverRestored(COPY + 1, RestoreEnd.ALL).content();
        assertThat(copy.get(5)).isEqualTo(55);
        assertThat(copy.get(1)).isEqualTo(transfers);
        assertThat(sum(copy)).isEqualTo(sum(copy));
    }

    private static void await(TestMachine machine, StoredDatabase<CellContent> database, int state) {
        machine.scheduler.await(machine, () -> database.encryption().status().state() == state, 60_000_000_000L);
        assertThat(database.encryption().status().state()).isEqualTo(state);
    }

    /** A small database with pages that nobody changes any more, and a full backup of it. */
    private StoredDatabase<CellContent> unchanging(
            TestMachine machine, Storage<CellContent> storage, boolean encrypted) {
        StoredDatabase<CellContent> database =
                storage.create(TestMachine.DATABASE, encrypted ? TestMachine.newKey(1) : null);
        fill(database.content(), random(), 10);
        for (int i = 0; i < 100; i++) {
            database.content().addPage(i);
        }
        BackupMachine.backup(machine.disk.files(), database, BackupKind.DATABASE, BackupProgress.NONE, "full.bak");
        return database;
    }

    private static void checkAfterCrash(TestMachine machine, long[] expected) {
        machine.crash();
        StoredDatabase<CellContent> again = machine.start().open(COPY);
        assertThat(cells(again.content())).isEqualTo(expected);
        again.close();
        assertThat(verify(machine, COPY)).isEmpty();
    }

    @Test
    @DisplayName(
            "TDE-30, S-4: pages a full backup has in the clear open below a differential one taken in a change of key")
    void plainPagesBelowADifferentialBackupAreSealed() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = unchanging(machine, storage, false);
        database.encryption().createKey(TestMachine.wrapped(1), TestMachine.key(1));
        database.encryption().switchOn();
        SimulatedFiles files = machine.disk.files();
        BackupMachine.backup(files, database, BackupKind.LOG, BackupProgress.NONE, "log.trn");
        await(machine, database, EncryptionStatus.ENCRYPTED);
        database.encryption().regenerate(TestMachine.wrapped(2), TestMachine.key(2));
        database.encryption().suspend();
        BackupMachine.backup(files, database, BackupKind.DIFFERENTIAL, BackupProgress.NONE, "diff.dif");
        long[] expected = cells(database.content());

        BackupMachine.lay(files, storage, COPY, "full.bak");
        BackupMachine.lay(files, storage, COPY, "diff.dif");
        StoredDatabase<CellContent> copy = storage.recoverRestored(COPY, RestoreEnd.ALL);
        assertThat(cells(copy.content())).isEqualTo(expected);
        copy.encryption().resume();
        await(machine, copy, EncryptionStatus.ENCRYPTED);
        checkAfterCrash(machine, expected);
    }

    @Test
    @DisplayName("TDE-30, S-4: pages a full backup has sealed are opened below a differential one of a plain database")
    void sealedPagesBelowADifferentialBackupAreOpened() {
        TestMachine machine = new TestMachine(random(), POOL);
        Storage<CellContent> storage = machine.start();
        StoredDatabase<CellContent> database = unchanging(machine, storage, true);
        database.encryption().switchOff();
        await(machine, database, EncryptionStatus.UNENCRYPTED);
        SimulatedFiles files = machine.disk.files();
        BackupMachine.backup(files, database, BackupKind.DIFFERENTIAL, BackupProgress.NONE, "diff.dif");
        long[] expected = cells(database.content());

        BackupMachine.lay(files, storage, COPY, "full.bak");
        BackupMachine.lay(files, storage, COPY, "diff.dif");
        StoredDatabase<CellContent> copy = storage.recoverRestored(COPY, RestoreEnd.ALL);
        await(machine, copy, EncryptionStatus.UNENCRYPTED);
        copy.checkpoint();
        copy.encryption().dropKey();
        checkAfterCrash(machine, expected);
    }

    /** TDE-46: who asks during a backup is told; log backups do not count. */
    @Test
    void aRunningBackupIsKnown() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, null);
        boolean[] seen = new boolean[2];
        BackupMachine.backup(
                machine.disk.files(),
                database,
                BackupKind.DATABASE,
                (done, total) -> seen[0] = database.encryption().dataBackupRuns(),
                "full.bak");
        assertThat(seen[0]).isTrue();
        assertThat(database.encryption().dataBackupRuns()).isFalse();
        BackupMachine.backup(
                machine.disk.files(),
                database,
                BackupKind.LOG,
                (done, total) -> seen[1] = database.encryption().dataBackupRuns(),
                "log.trn");
        assertThat(seen[1]).isFalse();
    }

    /** TDE-517: every planted defect is found and named, and what lies between them is read on. */
    @Test
    void everyPlantedDefectIsNamed() {
        TestMachine machine = new TestMachine(random(), POOL);
        StoredDatabase<CellContent> database = machine.start().create(TestMachine.DATABASE, TestMachine.newKey(1));
        for (int i = 0; i < 2000; i++) {
            database.content().addPage(i);
        }
        SimulatedFiles files = machine.disk.files();
        BackupMachine.backup(files, database, BackupKind.DATABASE, BackupProgress.NONE, "full.bak");
        String path = BackupMachine.DIRECTORY + "/full.bak";
        List<Integer> chunks = BackupFaultTest.chunks(machine.disk.bytes(path));
        int planted = chunks.size() - 1;
        assertThat(planted).isGreaterThan(10);
        try (StorageFile file = files.open(path)) {
            for (int i = 0; i < planted; i++) {
                ByteBuffer one = ByteBuffer.allocate(1);
                long at = chunks.get(i) + 64L + random().below(100);
                file.read(one, at);
                file.write(ByteBuffer.wrap(new byte[] {(byte) ~one.get(0)}), at);
            }
        }
        List<ManifestCheck.Defect> defects = new ArrayList<>();
        try (MediaReader media = MediaReader.open(files, List.of(path))) {
            new ManifestCheck(media, media.set(1)).run(defects::add);
        }
        assertThat(defects).hasSize(planted);
        assertThat(defects).allMatch(defect -> defect.device().equals(path));
    }
}
