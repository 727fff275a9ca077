package dev.strongroom.storage.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.temp.TempFiles;
import dev.strongroom.storage.tree.MemoryStorage;
import dev.strongroom.storage.txn.UndoMemory;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Undo and older versions beyond the budget are in sealed files, and old snapshots cannot hold them for ever. */
class UndoSpillTest extends SeededTest {
    private static final String SECRET = "4000-0000-0000-0001";
    private static final int ROWS = 4000;
    private static final TransactionOptions SERIALIZABLE =
            new TransactionOptions(IsolationLevel.SERIALIZABLE, false, new CancelFlag(), Long.MAX_VALUE);

    private SimulatedDisk disk = new SimulatedDisk(random());
    private TempFiles temp = TempFiles.none();
    private UndoMemory memory = new UndoMemory(UndoMemory.Limits.DEFAULT);
    private TableStore store = start(UndoMemory.Limits.DEFAULT);
    private Table table = createTable();

    @BeforeEach
    void small() {
        restart(new UndoMemory.Limits(1 << 20, 100_000, 1 << 30, 0));
    }

    private void restart(UndoMemory.Limits limits) {
        store.close();
        store = start(limits);
        table = createTable();
        Transaction fill = begin();
        for (int id = 0; id < ROWS; id++) {
            table.insert(fill, row(id, id, SECRET));
        }
        fill.commit();
        awaitTidy();
    }

    private TableStore start(UndoMemory.Limits limits) {
        disk = new SimulatedDisk(random().split());
        temp = TempFiles.open(disk.files(), random().split());
        memory = new UndoMemory(limits);
        return StoredTableTest.MemoryDatabase.open(new MemoryStorage(32L << 20), 8032, temp, memory);
    }

    private Table createTable() {
        Transaction setup = begin();
        TableLayout layout = new TableLayout(
                store.createTree(setup),
                "public",
                "t",
                0,
                List.of(
                        new ColumnLayout("id", PgType.INT4),
                        new ColumnLayout("n", PgType.INT4),
                        new ColumnLayout("s", PgType.TEXT)),
                "t_pkey",
                List.of(KeyPart.ascending(0)),
                List.of(new IndexLayout(store.createTree(setup), "t_n", List.of(KeyPart.ascending(1)), false, false)));
        setup.commit();
        return store.table(layout);
    }

    private Transaction begin() {
        return begin(TransactionOptions.readCommitted());
    }

    private Transaction begin(TransactionOptions options) {
        Transaction transaction = store.begin(options);
        transaction.beginStatement();
        return transaction;
    }

    private static Row row(int id, int n, String text) {
        Row row = new Row(3);
        row.setLong(0, id);
        row.setLong(1, n);
        row.setRef(2, text);
        return row;
    }

    private byte[] key(int id) {
        Row values = new Row(1);
        values.setLong(0, id);
        return table.keyWriter(0).prefix(values, 1);
    }

    private void update(Transaction transaction, int id, int n, String text) {
        long version = table.getLatest(transaction, key(id), new Row(3), null);
        assertThat(table.update(transaction, key(id), version, row(id, n, text)))
                .isEqualTo(WriteOutcome.DONE);
    }

    /** Adds one to n of every row, twice for some, and deletes every tenth. Returns the most memory undo took. */
    private long changeAll(Transaction transaction, boolean scattered) {
        long most = 0;
        for (int i = 0; i < ROWS; i++) {
            int id = scattered ? i * 1327 % ROWS : i;
            update(transaction, id, id + ROWS, "changed");
            if (id % 7 == 0) {
                update(transaction, id, id + 1, "changed again");
            }
            if (id % 10 == 0) {
                long version = table.getLatest(transaction, key(id), new Row(3), null);
                assertThat(table.delete(transaction, key(id), version)).isEqualTo(WriteOutcome.DONE);
            }
            most = Math.max(most, memory.used());
        }
        return most;
    }

    /** Sum of n over the rows of the table and over its index, which agree. */
    private long sum(Transaction transaction) {
        long sum = 0;
        for (int index = 0; index < 2; index++) {
            long byIndex = 0;
            Row row = new Row(3);
            try (RowCursor cursor = table.scan(transaction, index, ScanRange.ALL, null)) {
                while (cursor.next()) {
                    cursor.load(row);
                    byIndex += row.getLong(1) + 1;
                }
            }
            assertThat(byIndex).isEqualTo(index == 0 ? byIndex : sum);
            sum = byIndex;
        }
        return sum;
    }

    private void awaitTidy() {
        while (!store.isTidy()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void assertNothingLeft() {
        awaitTidy();
        assertThat(memory.used()).isZero();
        assertThat(memory.lockBytes()).isZero();
        assertThat(temp.openFiles()).isZero();
        assertThat(temp.bytes()).isZero();
        assertThat(disk.paths()).noneMatch(path -> path.startsWith("temp/"));
    }

    @Test
    void readersFindOldVersionsInFilesAndNothingStaysBehind() {
        for (boolean scattered : new boolean[] {false, true}) {
            restart(new UndoMemory.Limits(1 << 20, 100_000, 1 << 30, 0));
            Transaction before = begin(TransactionOptions.snapshot());
            long old = sum(before);
            Transaction writer = begin();
            assertThat(changeAll(writer, scattered)).isLessThan(110_000);
            assertThat(temp.bytes()).isGreaterThan(ROWS * 100L);
            assertThat(sum(before)).isEqualTo(old);
            Transaction during = begin();
            assertThat(sum(during)).isEqualTo(old);
            during.commit();
            long own = sum(writer);
            writer.commit();
            assertThat(sum(before)).isEqualTo(old);
            before.commit();
            Transaction after = begin();
            assertThat(sum(after)).isEqualTo(own).isNotEqualTo(old);
            after.commit();
            assertNothingLeft();
        }
    }

    @Test
    void rollbackAndSavepointsTakeChangesBackOutOfFiles() {
        Transaction before = begin(TransactionOptions.snapshot());
        long old = sum(before);
        Transaction writer = begin();
        update(writer, 3, 77, "first");
        Transaction.Savepoint savepoint = writer.savepoint();
        for (int round = 0; round < 2; round++) {
            assertThat(changeAll(writer, round == 1)).isLessThan(110_000);
            writer.rollbackTo(savepoint);
            assertThat(sum(writer)).isEqualTo(old - 3 + 77);
            assertThat(sum(before)).isEqualTo(old);
        }
        for (int id = 0; id < 1500; id++) {
            update(writer, id, 0, "kept");
        }
        Transaction.Savepoint middle = writer.savepoint();
        for (int id = 1000; id < 2500; id++) {
            update(writer, id, 5, "not kept");
        }
        writer.rollbackTo(middle);
        for (int id = 1200; id < 2200; id++) {
            update(writer, id, 0, "in the same place");
        }
        assertThat(sum(before)).isEqualTo(old);
        assertThat(sum(writer)).isEqualTo(ROWS + (ROWS - 2200L) * (ROWS + 2199L) / 2);
        writer.rollback();
        before.commit();
        Transaction after = begin();
        assertThat(sum(after)).isEqualTo(old);
        after.commit();
        assertNothingLeft();
    }

    @Test
    void manySmallTransactionsBehindAnOldSnapshotGoToFilesTogether() {
        restart(new UndoMemory.Limits(5 << 20, 100_000, 1 << 30, 0));
        Transaction before = begin(TransactionOptions.snapshot());
        long old = sum(before);
        for (int i = 0; i < 3000; i++) {
            Transaction small = begin();
            update(small, i % 1000, i, "x".repeat(1900));
            small.commit();
        }
        store.committed();
        while (memory.used() > (5 << 19) + 200_000) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(temp.openFiles()).isBetween(5, 60);
        assertThat(sum(before)).isEqualTo(old);
        before.commit();
        store.committed();
        assertNothingLeft();
    }

    @Test
    void aSnapshotThatHoldsTooMuchIsTooOld() {
        restart(new UndoMemory.Limits(1 << 20, 100_000, 300_000, 0));
        Transaction before = begin(TransactionOptions.snapshot());
        long old = sum(before);
        Transaction writer = begin();
        changeAll(writer, false);
        assertThat(sum(before)).isEqualTo(old);
        writer.commit();
        awaitTidy();
        assertNothingLeft();
        assertThatThrownBy(() -> sum(before))
                .hasMessage("snapshot too old")
                .isInstanceOfSatisfying(DatabaseException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.SNAPSHOT_TOO_OLD);
                    assertThat(failure.report().hint()).contains("undo_file_limit");
                });
        assertThatThrownBy(() -> table.get(before, key(1), new Row(3), null)).hasMessage("snapshot too old");
        before.rollback();
        Transaction next = begin();
        assertThat(sum(next)).isPositive();
        next.commit();
    }

    @Test
    void aStatementUnderReadCommittedHasANewSnapshotAndGoesOn() {
        restart(new UndoMemory.Limits(1 << 20, 100_000, 300_000, 0));
        Transaction reader = begin();
        long old = sum(reader);
        Transaction writer = begin();
        changeAll(writer, false);
        writer.commit();
        awaitTidy();
        assertThatThrownBy(() -> sum(reader)).hasMessage("snapshot too old");
        reader.beginStatement();
        assertThat(sum(reader)).isNotEqualTo(old);
        reader.commit();
    }

    @Test
    void aYoungSnapshotIsLeftAlone() {
        restart(new UndoMemory.Limits(1 << 20, 100_000, 300_000, 1_000_000));
        Transaction before = begin(TransactionOptions.snapshot());
        long old = sum(before);
        Transaction writer = begin();
        changeAll(writer, false);
        writer.commit();
        // The clock of this database stands still.
        LockSupport.parkNanos(20_000_000);
        assertThat(sum(before)).isEqualTo(old);
        before.commit();
        assertNothingLeft();
    }

    @Test
    void serializableTransactionsAreCheckedAgainstUndoInFiles() {
        for (int id : new int[] {2, 3999}) {
            restart(new UndoMemory.Limits(1 << 20, 100_000, 1 << 30, 0));
            Transaction first = begin(SERIALIZABLE);
            Row row = new Row(3);
            table.get(first, key(id), row, null);
            Transaction second = begin();
            for (int i = 0; i < ROWS; i++) {
                if (i != 1) {
                    update(second, i, 5, "changed");
                }
            }
            second.commit();
            update(first, 1, 1, "depends on what it read");
            assertThatThrownBy(first::commit)
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_FAILURE));
        }
        Transaction alone = begin(SERIALIZABLE);
        table.get(alone, key(1), new Row(3), null);
        update(alone, 1, 9, "nobody else did");
        alone.commit();
    }

    @Test
    void filesHoldNothingReadableAndTheNextStartRemovesThem() {
        Transaction writer = begin();
        changeAll(writer, false);
        byte[] secret = SECRET.getBytes(StandardCharsets.US_ASCII);
        List<String> files =
                disk.paths().stream().filter(path -> path.contains("temp/")).toList();
        assertThat(files).isNotEmpty();
        for (String path : files) {
            String content = new String(disk.bytes(path), StandardCharsets.ISO_8859_1);
            assertThat(content.length()).isGreaterThan(32_768);
            assertThat(content)
                    .doesNotContain(new String(secret, StandardCharsets.US_ASCII))
                    .doesNotContain("changed");
        }
        disk.kill();
        TempFiles.open(disk.files(), random().split());
        assertThat(disk.paths()).noneMatch(path -> path.startsWith("temp/"));
    }

    @Test
    void aFullDiskFailsTheStatementAndTheTransactionCanBeRolledBack() {
        Transaction before = begin(TransactionOptions.snapshot());
        long old = sum(before);
        Transaction writer = begin();
        disk.freeBytes(200_000);
        assertThatThrownBy(() -> changeAll(writer, false))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DISK_FULL));
        disk.freeBytes(Long.MAX_VALUE / 2);
        assertThat(sum(before)).isEqualTo(old);
        writer.rollback();
        assertThat(sum(before)).isEqualTo(old);
        before.commit();
        assertNothingLeft();
    }

    @Test
    void rowLocksHaveALimit() {
        restart(new UndoMemory.Limits(300_000, 100_000, 1 << 30, 0));
        Transaction locker = begin();
        assertThatThrownBy(() -> {
                    for (int id = 0; id < ROWS; id++) {
                        long version = table.getLatest(locker, key(id), new Row(3), null);
                        table.lock(locker, key(id), version, RowLockMode.UPDATE, WaitPolicy.WAIT);
                    }
                })
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
        locker.rollback();
        assertNothingLeft();
    }
}
