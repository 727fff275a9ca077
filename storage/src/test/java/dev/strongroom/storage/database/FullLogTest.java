package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.storage.log.LocalLogStream;
import dev.strongroom.storage.recovery.Checkpointer;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.TableStore;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A disk that runs full where the log grows: statements fail, nothing else does (storage design, sections 8 and 10). */
class FullLogTest extends SeededTest {
    private static final long POOL = 300 * 8192;

    /** A database with one table, and what is to be in it. */
    private static final class Subject {
        private final TestMachine machine;
        private final TreeMap<Long, String> committed = new TreeMap<>();
        private final SeededRandomness random;
        private final long segmentBytes;
        private Storage<TableContent> storage;
        private StoredDatabase<TableContent> database;
        private final TableLayout layout;

        Subject(long seed, long segmentBytes) {
            random = new SeededRandomness(seed);
            machine = new TestMachine(random, POOL);
            this.segmentBytes = segmentBytes;
            storage = start();
            database = storage.create(TestMachine.DATABASE, random.oneIn(3) ? TestMachine.newKey(1) : null);
            Transaction setup = tables().begin(TransactionOptions.readCommitted());
            layout = layout(tables(), setup);
            setup.commit();
        }

        private Storage<TableContent> start() {
            StorageEnvironment given = machine.environment(machine.disk.files());
            StorageSettings settings =
                    new StorageSettings(POOL, segmentBytes, new Checkpointer.Settings(Long.MAX_VALUE, Long.MAX_VALUE));
            return new Storage<>(
                    new StorageEnvironment(
                            given.files(),
                            given.scheduler(),
                            given.clock(),
                            given.randomness(),
                            given.instanceKey(),
                            given.encryptors(),
                            settings,
                            given.onStop()),
                    TableContent::new);
        }

        TableStore tables() {
            return database.content().tables();
        }

        Table table() {
            return tables().table(layout);
        }

        Transaction begin() {
            Transaction transaction = tables().begin(TransactionOptions.readCommitted());
            transaction.beginStatement();
            return transaction;
        }

        /** Inserts or changes a row. */
        void put(Transaction transaction, TreeMap<Long, String> model, long id, String text) {
            byte[] key = key(table(), id);
            if (model.containsKey(id)) {
                long version = table().get(transaction, key, new Row(2), null);
                table().update(transaction, key, version, row(id, text));
            } else {
                table().insert(transaction, row(id, text));
            }
            model.put(id, text);
        }

        TreeMap<Long, String> read() {
            TreeMap<Long, String> found = new TreeMap<>();
            Transaction transaction = begin();
            Row row = new Row(2);
            try (RowCursor cursor = table().scan(transaction, 0, ScanRange.ALL, null)) {
                while (cursor.next()) {
                    cursor.load(row);
                    String text = row.getRef(1);
                    found.put(row.getLong(0), text);
                }
            }
            transaction.commit();
            return found;
        }

        void restart() {
            machine.crash();
            storage = start();
            database = storage.open(TestMachine.DATABASE);
        }

        void verify() {
            List<Finding> findings = new ArrayList<>();
            OfflineVerification.verifyOpen(database, findings::add);
            TreeVerification.check(database, findings::add);
            assertThat(findings).isEmpty();
        }
    }

    private static TableLayout layout(TableStore database, Transaction setup) {
        return new TableLayout(
                database.createTree(setup),
                "public",
                "t",
                0,
                List.of(new ColumnLayout("id", PgType.INT8), new ColumnLayout("b", PgType.TEXT)),
                "t_pkey",
                List.of(KeyPart.ascending(0)),
                List.of(new IndexLayout(
                        database.createTree(setup), "t_b", List.of(KeyPart.ascending(1)), false, false)));
    }

    private static Row row(long id, String text) {
        Row row = new Row(2);
        row.setLong(0, id);
        row.setRef(1, text);
        return row;
    }

    private static byte[] key(Table table, long id) {
        Row values = new Row(1);
        values.setLong(0, id);
        return table.keyWriter(0).prefix(values, 1);
    }

    private static String text(SeededRandomness random) {
        return "x".repeat(random.below(300)) + random.below(1000);
    }

    /**
     * Works in transactions until the disk is full and then some, with room for a number of bytes; says how many statements
     * were refused.
     */
    private static int workOnAFullDisk(Subject subject, int transactions) {
        int refused = 0;
        for (int i = 0; i < transactions; i++) {
            Transaction transaction = subject.begin();
            TreeMap<Long, String> mine = new TreeMap<>(subject.committed);
            try {
                for (int n = 3 + subject.random.below(10); n > 0; n--) {
                    subject.put(transaction, mine, subject.random.below(150), text(subject.random));
                }
                transaction.commit();
                subject.committed.clear();
                subject.committed.putAll(mine);
            } catch (DatabaseException failure) {
                assertThat(failure.code()).as("%s", failure).isEqualTo(ErrorCode.DISK_FULL);
                transaction.rollback();
                refused += String.valueOf(failure.getMessage()).startsWith("could not extend the log") ? 1 : 0;
            }
        }
        return refused;
    }

    @Test
    @DisplayName("wherever the log meets the end of the disk the statement fails with 53100 and all else goes on")
    void aFullDiskIsSurvivedWhereverTheLogGrows() {
        int refused = 0;
        for (int round = 0; round < 24; round++) {
            Subject subject = new Subject(seed() + round, 128 * 1024);
            workOnAFullDisk(subject, 5);
            subject.machine.disk.freeBytes(round * 10_000L);
            refused += workOnAFullDisk(subject, 100);
            assertThat(subject.database.isStopped()).isFalse();
            assertThat(subject.read()).isEqualTo(subject.committed);
            if (round % 3 == 0) {
                // The power fails while the disk is full: what was kept free is enough to recover.
                long free = round % 2 == 0 ? 0 : 3000;
                subject.restart();
                subject.machine.disk.freeBytes(free);
                assertThat(subject.read()).isEqualTo(subject.committed);
            }
            subject.machine.disk.freeBytes(Long.MAX_VALUE);
            assertThat(workOnAFullDisk(subject, 20)).as("with space again").isZero();
            assertThat(subject.read()).isEqualTo(subject.committed);
            subject.restart();
            assertThat(subject.read()).isEqualTo(subject.committed);
            subject.verify();
        }
        assertThat(refused).isPositive();
    }

    @Test
    @DisplayName("a large transaction has room kept for all of its undoing, and nobody else may use it")
    void aLargeTransactionCanAlwaysRollBack() {
        for (int round = 0; round < 6; round++) {
            Subject subject = new Subject(seed() + round, 128 * 1024);
            Transaction large = subject.begin();
            TreeMap<Long, String> mine = new TreeMap<>();
            subject.machine.disk.freeBytes(200_000 + round * 100_000L);
            assertThatThrownBy(() -> {
                        for (long id = 1000; id < 20_000; id++) {
                            subject.put(large, mine, id, text(subject.random));
                        }
                    })
                    .isInstanceOfSatisfying(DatabaseException.class, failure -> {
                        assertThat(failure.code()).isEqualTo(ErrorCode.DISK_FULL);
                        assertThat(failure.report().hint()).contains("free disk space");
                    });
            assertThat(mine).hasSizeGreaterThan(100);
            workOnAFullDisk(subject, 50);
            if (round % 2 == 0) {
                large.rollback();
            } else {
                subject.restart();
            }
            assertThat(subject.database.isStopped()).isFalse();
            assertThat(subject.read()).isEqualTo(subject.committed);
            subject.database.checkpoint();
            subject.machine.disk.freeBytes(Long.MAX_VALUE);
            assertThat(workOnAFullDisk(subject, 10)).isZero();
            subject.verify();
        }
    }

    @Test
    @DisplayName("a segment whose blocks cannot be had ends early; the log goes on in one that has them")
    void aSegmentThatCannotGrowEndsEarly() {
        Subject subject = new Subject(seed(), 4 << 20);
        // So that the spares are made meanwhile.
        subject.machine.disk.pauseWith(() -> subject.machine.scheduler.pause());
        workOnAFullDisk(subject, 20);
        int segments = subject.database.log().segments().size();
        subject.machine.disk.freeBytes(0);
        for (int refused = 0; refused == 0; ) {
            refused = workOnAFullDisk(subject, 20);
        }
        assertThat(subject.database.log().segments()).hasSizeGreaterThan(segments);
        subject.restart();
        assertThat(subject.read()).isEqualTo(subject.committed);
        subject.verify();
    }

    @Test
    @DisplayName("a spare that became a segment, its old name back after a crash, is not made a segment once more")
    void aSpareThatIsASegmentIsLeftAlone() {
        Subject subject = new Subject(seed(), 128 * 1024);
        // So that the spares are made meanwhile.
        subject.machine.disk.pauseWith(() -> subject.machine.scheduler.pause());
        workOnAFullDisk(subject, 10);
        List<String> paths = subject.machine.disk.paths();
        String segment =
                paths.stream().filter(path -> path.endsWith(".seg")).findFirst().orElseThrow();
        String spare = paths.stream()
                .filter(path -> path.endsWith(".spare"))
                .findFirst()
                .orElseThrow();
        subject.machine.disk.replace(spare, subject.machine.disk.bytes(segment));
        subject.restart();
        assertThat(subject.machine.disk.paths()).doesNotContain(spare);
        assertThat(subject.read()).isEqualTo(subject.committed);
    }

    @Test
    @DisplayName("a backup, which wants a new segment, is refused on a full disk and works when there is room again")
    void aBackupIsRefusedOnAFullDisk() {
        Subject subject = new Subject(seed(), 128 * 1024);
        LocalLogStream log = subject.database.log();
        subject.machine.disk.freeBytes(0);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        log.switchSegmentIfRoom();
                    }
                })
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL));
        subject.machine.disk.freeBytes(Long.MAX_VALUE);
        log.switchSegment();
        workOnAFullDisk(subject, 5);
        log.switchSegmentIfRoom();
        assertThat(subject.read()).isEqualTo(subject.committed);
    }

    @Test
    @DisplayName(
            "TDE-1, TDE-57: a change of keys, which wants a new segment, is refused on a full disk and changes nothing")
    void aChangeOfKeysIsRefusedOnAFullDisk() {
        Subject subject = new Subject(seed(), 128 * 1024);
        EncryptionControl encryption = subject.database.encryption();
        if (encryption.status().state() == EncryptionStatus.NO_KEY) {
            encryption.createKey(TestMachine.wrapped(1), TestMachine.key(1));
        }
        boolean encrypted = encryption.status().state() == EncryptionStatus.ENCRYPTED;
        subject.machine.disk.freeBytes(0);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        subject.database.log().switchSegmentIfRoom();
                    }
                })
                .isInstanceOf(DatabaseException.class);
        EncryptionStatus before = encryption.status();
        Runnable change = encrypted
                ? () -> encryption.regenerate(TestMachine.wrapped(2), TestMachine.key(2))
                : encryption::switchOn;
        assertFull(change);
        assertFull(() -> encryption.rewrap(keys -> keys));
        assertThat(encryption.status().state()).isEqualTo(before.state());
        assertThat(encryption.status().keys()).isEqualTo(before.keys());
        subject.machine.disk.freeBytes(Long.MAX_VALUE);
        change.run();
        subject.machine.scheduler.await(
                this, () -> encryption.status().state() == EncryptionStatus.ENCRYPTED, 600_000_000_000L);
        encryption.rewrap(keys -> keys);
        assertThat(encryption.status().state()).isEqualTo(EncryptionStatus.ENCRYPTED);
        workOnAFullDisk(subject, 5);
        assertThat(subject.read()).isEqualTo(subject.committed);
    }

    private static void assertFull(Runnable change) {
        assertThatThrownBy(change::run)
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
                .hasMessageContaining("could not extend the log");
    }

    @Test
    @DisplayName("writing pages out needs no space, not even the first time so many are")
    void aCheckpointNeedsNoSpace() {
        Subject subject = new Subject(seed(), 512 * 1024);
        Transaction transaction = subject.begin();
        for (long id = 0; id < 200; id++) {
            subject.put(transaction, subject.committed, id, "z".repeat(600) + id);
        }
        transaction.commit();
        subject.machine.disk.freeBytes(0);
        subject.database.checkpoint();
        assertThat(subject.database.isStopped()).isFalse();
        subject.restart();
        assertThat(subject.read()).isEqualTo(subject.committed);
    }

    @Test
    @DisplayName("a checkpoint on a full disk gives old log back, and work goes on without anybody's help")
    void oldLogMakesRoomByItself() {
        Subject subject = new Subject(seed(), 128 * 1024);
        workOnAFullDisk(subject, 60);
        subject.machine.disk.freeBytes(0);
        assertThat(workOnAFullDisk(subject, 60)).isPositive();
        subject.database.checkpoint();
        assertThat(workOnAFullDisk(subject, 10)).isZero();
        assertThat(subject.read()).isEqualTo(subject.committed);
    }
}
