package dev.strongroom.storage.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.common.value.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Database} does, for one database made by the subclass. */
public abstract class BaseTableTest {
    private static final int[] ID = {0};

    protected Database database;
    protected Table table;

    protected abstract Database open();

    /** Table t(id int4 primary key, a int4, b text), unique index t_a_key on a, index t_b on b descending. */
    @BeforeEach
    void createTable() {
        database = open();
        Transaction setup = database.begin(TransactionOptions.readCommitted());
        table = database.table(new TableLayout(
                database.createTree(setup),
                "public",
                "t",
                0,
                List.of(
                        new ColumnLayout("id", PgType.INT4),
                        new ColumnLayout("a", PgType.INT4),
                        new ColumnLayout("b", PgType.TEXT)),
                "t_pkey",
                List.of(KeyPart.ascending(0)),
                List.of(
                        new IndexLayout(
                                database.createTree(setup), "t_a_key", List.of(KeyPart.ascending(1)), true, false),
                        new IndexLayout(
                                database.createTree(setup),
                                "t_b",
                                List.of(new KeyPart(2, true, true)),
                                false,
                                false))));
        setup.commit();
    }

    protected static Row row(long id, @Nullable Object a, @Nullable String b) {
        Row row = new Row(3);
        row.setLong(0, id);
        if (a instanceof Number number) {
            row.setLong(1, number.longValue());
        }
        row.setRef(2, b);
        return row;
    }

    protected byte[] key(long id) {
        Row values = new Row(1);
        values.setLong(0, id);
        return table.keyWriter(0).prefix(values, 1);
    }

    protected Transaction begin() {
        Transaction transaction = database.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        return transaction;
    }

    protected Transaction begin(IsolationLevel level) {
        Transaction transaction = database.begin(
                new TransactionOptions(level, false, new dev.strongroom.common.time.CancelFlag(), Long.MAX_VALUE));
        transaction.beginStatement();
        return transaction;
    }

    protected void insert(long id, @Nullable Object a, @Nullable String b) {
        Transaction transaction = begin();
        table.insert(transaction, row(id, a, b));
        transaction.commit();
    }

    protected String show(Transaction transaction, int index, ScanRange range) {
        List<String> rows = new ArrayList<>();
        Row row = new Row(3);
        try (RowCursor cursor = table.scan(transaction, index, range, null)) {
            while (cursor.next()) {
                cursor.load(row);
                assertThat(cursor.key()).isEqualTo(key(row.getLong(0)));
                rows.add(row.getLong(0) + "/" + (row.isNull(1) ? "-" : row.getLong(1)) + "/" + row.getRef(2));
            }
        }
        return String.join(" ", rows);
    }

    protected String show(Transaction transaction) {
        return show(transaction, 0, ScanRange.ALL);
    }

    protected String show() {
        Transaction transaction = begin();
        String rows = show(transaction);
        transaction.commit();
        return rows;
    }

    protected long version(Transaction transaction, long id) {
        return table.get(transaction, key(id), new Row(3), null);
    }

    protected WriteOutcome update(Transaction transaction, long id, @Nullable Object a, @Nullable String b) {
        return table.update(transaction, key(id), version(transaction, id), row(id, a, b));
    }

    protected WriteOutcome delete(Transaction transaction, long id) {
        return table.delete(transaction, key(id), version(transaction, id));
    }

    protected static <T> CompletableFuture<T> async(Callable<T> work) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                future.complete(work.call());
            } catch (Throwable failure) {
                future.completeExceptionally(failure);
            }
        });
        return future;
    }

    protected static <T> T result(CompletableFuture<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            throw new AssertionError(failed.getCause());
        } catch (InterruptedException | TimeoutException failed) {
            throw new AssertionError(failed);
        }
    }

    protected static void assertWaits(CompletableFuture<?> future) {
        assertThatThrownBy(() -> future.get(60, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
    }

    protected static void assertFails(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }

    @Test
    void aValueTooLongForAnIndexIsRefusedAndNothingOfItsRowStays() {
        insert(1, 1, "x".repeat(900));
        Transaction transaction = begin();
        assertThatThrownBy(() -> table.insert(transaction, row(2, 2, "y".repeat(2000))))
                .isInstanceOfSatisfying(DatabaseException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.PROGRAM_LIMIT_EXCEEDED);
                    assertThat(failure)
                            .hasMessageMatching("index row size 20.. exceeds maximum 1000 for index \"t_b\"");
                });
        transaction.rollback();
        assertThat(show()).isEqualTo("1/1/" + "x".repeat(900));
    }

    @Test
    void rowsComeBackInKeyOrderWithTheirValues() {
        insert(3, 30, "c");
        insert(-1, null, "x");
        insert(2, 20, null);
        assertThat(show()).isEqualTo("-1/-/x 2/20/null 3/30/c");
        Transaction reader = begin();
        assertThat(show(reader, 0, ScanRange.ALL.reversed())).isEqualTo("3/30/c 2/20/null -1/-/x");
        assertThat(show(reader, 1, ScanRange.ALL)).isEqualTo("2/20/null 3/30/c -1/-/x");
        assertThat(show(reader, 2, ScanRange.ALL)).isEqualTo("2/20/null -1/-/x 3/30/c");
        assertThat(show(reader, 0, new ScanRange(key(-1), false, key(3), false, false)))
                .isEqualTo("2/20/null");
        assertThat(show(reader, 0, new ScanRange(key(-1), true, key(2), true, true)))
                .isEqualTo("2/20/null -1/-/x");
        assertThat(show(reader, 0, ScanRange.prefix(key(3)))).isEqualTo("3/30/c");
        reader.commit();
    }

    @Test
    void onlyAskedColumnsAreLoaded() {
        insert(1, 10, "x");
        Transaction reader = begin();
        Row row = new Row(3);
        assertThat(table.get(reader, key(1), row, ID)).isPositive();
        assertThat(row.getLong(0)).isEqualTo(1);
        assertThat(row.isNull(2)).isTrue();
        assertThat(table.get(reader, key(2), row, null)).isEqualTo(-1);
        reader.commit();
    }

    @Test
    void uniqueViolationsNameTheConstraintAndTheKey() {
        insert(1, 10, "x");
        assertThatThrownBy(() -> insert(1, 11, "y")).isInstanceOfSatisfying(DatabaseException.class, failure -> {
            assertThat(failure).hasMessage("duplicate key value violates unique constraint \"t_pkey\"");
            assertThat(failure.report().detail()).isEqualTo("Key (id)=(1) already exists.");
            assertThat(failure.report().constraint()).isEqualTo("t_pkey");
            assertThat(failure.report().table()).isEqualTo("t");
        });
        assertThatThrownBy(() -> insert(2, 10, "y"))
                .hasMessage("duplicate key value violates unique constraint \"t_a_key\"");
        insert(3, null, "y");
        insert(4, null, "y");
        assertThat(show()).isEqualTo("1/10/x 3/-/y 4/-/y");
    }

    @Test
    void aRollbackLeavesNothing() {
        insert(1, 10, "x");
        Transaction writer = begin();
        table.insert(writer, row(2, 20, "y"));
        assertThat(update(writer, 1, 11, "z")).isEqualTo(WriteOutcome.DONE);
        assertThat(show(writer)).isEqualTo("1/11/z 2/20/y");
        writer.rollback();
        writer.rollback();
        assertThat(writer.isActive()).isFalse();
        assertThat(show()).isEqualTo("1/10/x");
        insert(2, 10 + 1, "w");
        assertThat(show()).isEqualTo("1/10/x 2/11/w");
    }

    @Test
    void savepointsUndoWhatCameAfterThem() {
        Transaction writer = begin();
        table.insert(writer, row(1, 1, "a"));
        Transaction.Savepoint outer = writer.savepoint();
        table.insert(writer, row(2, 2, "b"));
        Transaction.Savepoint inner = writer.savepoint();
        update(writer, 1, 5, "changed");
        delete(writer, 2);
        assertThat(show(writer)).isEqualTo("1/5/changed");
        writer.rollbackTo(inner);
        assertThat(show(writer)).isEqualTo("1/1/a 2/2/b");
        writer.rollbackTo(outer);
        table.insert(writer, row(3, 2, "c"));
        writer.release(outer);
        writer.commit();
        assertThat(show()).isEqualTo("1/1/a 3/2/c");
    }

    @Test
    void readersSeeTheirSnapshotOnly() {
        insert(1, 10, "old");
        Transaction reader = begin(IsolationLevel.REPEATABLE_READ);
        Transaction statements = begin();
        Transaction writer = begin();
        update(writer, 1, 11, "new");
        table.insert(writer, row(2, 20, "more"));
        assertThat(show(reader)).isEqualTo("1/10/old");
        assertThat(show(statements)).isEqualTo("1/10/old");
        assertThat(show(statements, 1, ScanRange.ALL)).isEqualTo("1/10/old");
        writer.commit();
        assertThat(show(statements)).isEqualTo("1/10/old");
        statements.beginStatement();
        reader.beginStatement();
        assertThat(show(statements)).isEqualTo("1/11/new 2/20/more");
        assertThat(show(reader)).isEqualTo("1/10/old");
        assertThat(show(reader, 1, ScanRange.ALL)).isEqualTo("1/10/old");
        assertThat(show(reader, 2, ScanRange.ALL)).isEqualTo("1/10/old");
        Transaction deleter = begin();
        assertThat(delete(deleter, 1)).isEqualTo(WriteOutcome.DONE);
        deleter.commit();
        assertThat(show(reader)).isEqualTo("1/10/old");
        reader.commit();
        assertThat(show()).isEqualTo("2/20/more");
    }

    @Test
    void updatesWaitForTheWriterAndThenSeeAChange() {
        insert(1, 10, "x");
        Transaction first = begin();
        Transaction second = begin();
        update(first, 1, 11, "first");
        CompletableFuture<WriteOutcome> waiting = async(() -> update(second, 1, 12, "second"));
        assertWaits(waiting);
        first.commit();
        assertThat(result(waiting)).isEqualTo(WriteOutcome.CHANGED);
        Row newest = new Row(3);
        long version = table.getLatest(second, key(1), newest, null);
        assertThat(newest.getLong(1)).isEqualTo(11);
        assertThat(table.update(second, key(1), version, row(1, 12, "second"))).isEqualTo(WriteOutcome.DONE);
        second.commit();
        assertThat(show()).isEqualTo("1/12/second");
    }

    @Test
    void anUpdateGoesOnWhenTheWriterRollsBack() {
        insert(1, 10, "x");
        Transaction first = begin();
        Transaction second = begin();
        delete(first, 1);
        CompletableFuture<WriteOutcome> waiting = async(() -> update(second, 1, 12, "second"));
        assertWaits(waiting);
        first.rollback();
        assertThat(result(waiting)).isEqualTo(WriteOutcome.DONE);
        second.commit();
        assertThat(show()).isEqualTo("1/12/second");
    }

    @Test
    void firstUpdaterWinsUnderSnapshotIsolation() {
        insert(1, 10, "x");
        Transaction first = begin(IsolationLevel.REPEATABLE_READ);
        Transaction second = begin(IsolationLevel.REPEATABLE_READ);
        version(second, 1);
        update(first, 1, 11, "first");
        first.commit();
        assertFails(ErrorCode.SERIALIZATION_FAILURE, () -> update(second, 1, 12, "second"));
        second.rollback();
        assertThat(show()).isEqualTo("1/11/first");
    }

    @Test
    void aDeletedRowIsGone() {
        insert(1, 10, "x");
        Transaction second = begin();
        long version = version(second, 1);
        Transaction first = begin();
        delete(first, 1);
        first.commit();
        assertThat(table.update(second, key(1), version, row(1, 1, "y"))).isEqualTo(WriteOutcome.GONE);
        assertThat(table.getLatest(second, key(1), new Row(3), null)).isEqualTo(-1);
        second.commit();
        insert(1, 10, "again");
        assertThat(show()).isEqualTo("1/10/again");
    }

    @Test
    void aUniqueInsertWaitsForTheOtherWriter() {
        Transaction first = begin();
        table.insert(first, row(1, 10, "first"));
        Transaction second = begin();
        CompletableFuture<byte[]> waiting = async(() -> table.insert(second, row(2, 10, "second")));
        assertWaits(waiting);
        first.commit();
        assertFails(ErrorCode.UNIQUE_VIOLATION, () -> result(waiting));
        second.rollback();
        Transaction third = begin();
        delete(third, 1);
        Transaction fourth = begin();
        CompletableFuture<byte[]> inserting = async(() -> table.insert(fourth, row(1, 10, "fourth")));
        assertWaits(inserting);
        third.commit();
        result(inserting);
        fourth.commit();
        assertThat(show()).isEqualTo("1/10/fourth");
    }

    @Test
    void insertOrConflictAnswersWithTheRowInTheWay() {
        insert(1, 10, "x");
        Transaction writer = begin();
        assertThat(table.insertOrConflict(writer, row(1, 11, "y"), -1)).isEqualTo(key(1));
        assertThat(table.insertOrConflict(writer, row(2, 10, "y"), -1)).isEqualTo(key(1));
        assertThat(table.insertOrConflict(writer, row(2, 10, "y"), 1)).isEqualTo(key(1));
        assertFails(ErrorCode.UNIQUE_VIOLATION, () -> table.insertOrConflict(writer, row(2, 10, "y"), 0));
        assertThat(table.insertOrConflict(writer, row(2, 20, "y"), -1)).isNull();
        writer.commit();
        assertThat(show()).isEqualTo("1/10/x 2/20/y");
    }

    @Test
    void anUpdateMovesTheRowWhenItsKeyChanges() {
        insert(1, 10, "x");
        Transaction writer = begin();
        assertThat(table.update(writer, key(1), version(writer, 1), row(5, 10, "moved")))
                .isEqualTo(WriteOutcome.DONE);
        assertThat(show(writer)).isEqualTo("5/10/moved");
        assertThat(show(writer, 1, ScanRange.ALL)).isEqualTo("5/10/moved");
        writer.commit();
        assertThat(show()).isEqualTo("5/10/moved");
    }

    @Test
    void deadlocksEndWithOneVictim() {
        insert(1, 10, "x");
        insert(2, 20, "y");
        Transaction first = begin();
        Transaction second = begin();
        update(first, 1, 11, "first");
        update(second, 2, 21, "second");
        CompletableFuture<WriteOutcome> waiting = async(() -> {
            try {
                return update(first, 2, 22, "first");
            } catch (DatabaseException failure) {
                first.rollback();
                throw failure;
            }
        });
        CompletableFuture<WriteOutcome> other = async(() -> {
            try {
                return update(second, 1, 12, "second");
            } catch (DatabaseException failure) {
                second.rollback();
                throw failure;
            }
        });
        int victims = 0;
        for (CompletableFuture<WriteOutcome> future : List.of(waiting, other)) {
            try {
                result(future);
            } catch (DatabaseException failure) {
                assertThat(failure.code()).isEqualTo(ErrorCode.DEADLOCK_DETECTED);
                victims++;
            }
        }
        assertThat(victims).isEqualTo(1);
        first.rollback();
        second.rollback();
        assertThat(show()).isEqualTo("1/10/x 2/20/y");
    }

    @Test
    void rowLocksFollowPostgresModes() {
        insert(1, 10, "x");
        Transaction holder = begin();
        Transaction other = begin();
        assertThat(table.lock(holder, key(1), version(holder, 1), RowLockMode.SHARE, WaitPolicy.WAIT))
                .isEqualTo(WriteOutcome.DONE);
        assertThat(table.lock(other, key(1), version(other, 1), RowLockMode.KEY_SHARE, WaitPolicy.FAIL))
                .isEqualTo(WriteOutcome.DONE);
        assertFails(
                ErrorCode.LOCK_NOT_AVAILABLE,
                () -> table.lock(other, key(1), version(other, 1), RowLockMode.UPDATE, WaitPolicy.FAIL));
        assertThat(table.lock(other, key(1), version(other, 1), RowLockMode.NO_KEY_UPDATE, WaitPolicy.SKIP))
                .isEqualTo(WriteOutcome.SKIPPED);
        CompletableFuture<WriteOutcome> waiting = async(() -> update(other, 1, 10, "changed"));
        assertWaits(waiting);
        holder.commit();
        assertThat(result(waiting)).isEqualTo(WriteOutcome.DONE);
        Transaction reader = begin();
        assertThat(table.lock(reader, key(1), version(reader, 1), RowLockMode.KEY_SHARE, WaitPolicy.FAIL))
                .isEqualTo(WriteOutcome.DONE);
        reader.commit();
        other.commit();
        assertThat(show()).isEqualTo("1/10/changed");
    }

    @Test
    void tableLocksExcludeAsInPostgres() {
        Transaction writer = begin();
        Transaction ddl = begin();
        writer.lockTable(77, TableLockMode.ROW_EXCLUSIVE, WaitPolicy.WAIT);
        ddl.lockTable(77, TableLockMode.ACCESS_SHARE, WaitPolicy.WAIT);
        assertFails(ErrorCode.LOCK_NOT_AVAILABLE, () -> ddl.lockTable(77, TableLockMode.SHARE, WaitPolicy.FAIL));
        CompletableFuture<Integer> waiting = async(() -> {
            ddl.lockTable(77, TableLockMode.ACCESS_EXCLUSIVE, WaitPolicy.WAIT);
            return 1;
        });
        assertWaits(waiting);
        writer.commit();
        result(waiting);
        ddl.rollback();
    }

    @Test
    void foreignKeyChecksSeeTheNewestAndHoldTheParent() {
        insert(1, 10, "parent");
        Transaction child = begin();
        assertThat(table.existsLatest(child, 0, key(1), true)).isTrue();
        assertThat(table.existsLatest(child, 0, key(2), true)).isFalse();
        Transaction other = begin();
        assertThat(update(other, 1, 10, "other text")).isEqualTo(WriteOutcome.DONE);
        Transaction deleter = begin();
        CompletableFuture<WriteOutcome> waiting = async(() -> delete(deleter, 1));
        assertWaits(waiting);
        other.rollback();
        assertWaits(waiting);
        child.commit();
        assertThat(result(waiting)).isEqualTo(WriteOutcome.DONE);
        deleter.commit();
        assertThat(show()).isEmpty();
    }

    @Test
    void truncateIsUndoneWithItsTransaction() {
        insert(1, 10, "x");
        Transaction writer = begin();
        table.truncate(writer);
        assertThat(show(writer)).isEmpty();
        table.insert(writer, row(2, 10, "y"));
        assertThat(show(writer, 1, ScanRange.ALL)).isEqualTo("2/10/y");
        writer.rollback();
        assertThat(show()).isEqualTo("1/10/x");
        Transaction again = begin();
        table.truncate(again);
        again.commit();
        assertThat(show()).isEmpty();
        insert(1, 10, "z");
        assertThat(show()).isEqualTo("1/10/z");
    }

    @Test
    void writeSkewFailsUnderSerializable() {
        insert(1, 1, "on");
        insert(2, 2, "on");
        Transaction first = begin(IsolationLevel.SERIALIZABLE);
        Transaction second = begin(IsolationLevel.SERIALIZABLE);
        show(first);
        show(second);
        update(first, 1, 1, "off");
        update(second, 2, 2, "off");
        first.commit();
        assertFails(ErrorCode.SERIALIZATION_FAILURE, second::commit);
        assertThat(second.isActive()).isFalse();
        assertThat(show()).isEqualTo("1/1/off 2/2/on");
    }

    @Test
    void indexesAreBuiltFromExistingRows() {
        insert(1, 10, "x");
        insert(2, 20, "x");
        Transaction ddl = begin();
        TableLayout before = table.layout();
        List<IndexLayout> indexes = new ArrayList<>(before.indexes());
        indexes.add(new IndexLayout(
                database.createTree(ddl), "t_ba", List.of(KeyPart.ascending(2), KeyPart.ascending(1)), true, false));
        indexes.add(new IndexLayout(database.createTree(ddl), "t_u", List.of(KeyPart.ascending(2)), true, false));
        Table extended = database.table(new TableLayout(
                before.treeId(),
                before.schema(),
                before.name(),
                before.schemaStep(),
                before.columns(),
                before.primaryKeyName(),
                before.primaryKey(),
                indexes));
        extended.buildIndex(ddl, 3);
        assertThatThrownBy(() -> extended.buildIndex(ddl, 4)).hasMessage("could not create unique index \"t_u\"");
        table = extended;
        assertThat(show(ddl, 3, ScanRange.ALL.reversed())).isEqualTo("2/20/x 1/10/x");
        ddl.rollback();
    }

    @Test
    void addedColumnsShowTheirDefaultInOldRows() {
        insert(1, 10, "x");
        TableLayout before = table.layout();
        List<ColumnLayout> columns = new ArrayList<>(before.columns());
        columns.add(new ColumnLayout("n", PgType.INT8, 1, 42L));
        columns.add(new ColumnLayout("s", PgType.TEXT, 1, "new"));
        columns.add(new ColumnLayout("z", PgType.TEXT, 1, null));
        Table wider = database.table(new TableLayout(
                before.treeId(),
                before.schema(),
                before.name(),
                1,
                columns,
                before.primaryKeyName(),
                before.primaryKey(),
                before.indexes()));
        Transaction reader = begin();
        Row row = new Row(6);
        wider.get(reader, key(1), row, null);
        assertThat(row.getLong(3)).isEqualTo(42);
        assertThat(row.<String>getRef(4)).isEqualTo("new");
        assertThat(row.isNull(5)).isTrue();
        reader.commit();
    }

    @Test
    void sequencesCountOutsideTransactions() {
        Transaction ddl = begin();
        long id = database.sequences().create(ddl, new SequenceLayout(5, 2, 1, 9, false));
        ddl.commit();
        assertThat(database.sequences().state(id)).isEqualTo(new Sequences.State(5, false));
        assertThat(database.sequences().next(id)).isEqualTo(5);
        assertThat(database.sequences().next(id)).isEqualTo(7);
        assertThat(database.sequences().next(id)).isEqualTo(9);
        assertFails(
                ErrorCode.SEQUENCE_GENERATOR_LIMIT_EXCEEDED,
                () -> database.sequences().next(id));
        database.sequences().set(id, 1, false);
        assertThat(database.sequences().next(id)).isEqualTo(1);
        assertThat(database.sequences().state(id)).isEqualTo(new Sequences.State(1, true));
    }

    @Test
    void batchesHoldTheRowsOfAScan() {
        Transaction writer = begin();
        for (int id = 0; id < 3_000; id++) {
            table.insert(
                    writer, row(id, id % 7 == 0 ? null : id, id % 5 == 0 ? null : "text " + id + "x".repeat(id % 40)));
        }
        writer.commit();
        Transaction before = begin(IsolationLevel.REPEATABLE_READ);
        Row first = new Row(3);
        assertThat(table.get(before, key(0), first, null)).isGreaterThanOrEqualTo(0);
        Transaction change = begin();
        for (int id = 100; id < 2_000; id += 3) {
            Row old = new Row(3);
            long version = table.get(change, key(id), old, null);
            if (id % 2 == 0) {
                table.delete(change, key(id), version);
            } else {
                table.update(change, key(id), version, row(id, id + 10_000, id == 101 ? "large".repeat(4_000) : "new"));
            }
        }
        assertThat(inBatches(change)).isEqualTo(oneByOne(change));
        Transaction other = begin();
        assertThat(inBatches(other)).isEqualTo(oneByOne(other)).isEqualTo(inBatches(before));
        change.commit();
        other.commit();
        assertThat(inBatches(before)).isEqualTo(oneByOne(before)).hasSize(3_000);
        before.commit();
        Transaction after = begin();
        assertThat(inBatches(after)).isEqualTo(oneByOne(after)).hasSizeLessThan(3_000);
        after.commit();
    }

    private List<String> oneByOne(Transaction transaction) {
        List<String> found = new ArrayList<>();
        Row row = new Row(3);
        try (RowCursor cursor = table.scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                found.add(row.getLong(0) + " " + (row.isNull(1) ? null : row.getLong(1)) + " " + row.getRef(2));
            }
        }
        return found;
    }

    private List<String> inBatches(Transaction transaction) {
        List<String> found = new ArrayList<>();
        Vector id = new Vector(BatchCursor.MAX_ROWS);
        Vector a = new Vector(BatchCursor.MAX_ROWS);
        Vector b = new Vector(BatchCursor.MAX_ROWS);
        try (BatchCursor cursor = table.scanBatches(transaction)) {
            for (int count = cursor.next(); count > 0; count = cursor.next()) {
                cursor.load(0, id, null, count);
                cursor.load(1, a, null, count);
                cursor.load(2, b, null, count);
                for (int i = 0; i < count; i++) {
                    found.add(id.boxed(i) + " " + a.boxed(i) + " " + b.boxed(i));
                }
            }
        }
        return found;
    }
}
