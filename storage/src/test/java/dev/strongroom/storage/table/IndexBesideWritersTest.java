package dev.strongroom.storage.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.tree.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AE-151, S-17: an index that is filled while others write has every row and no other. */
class IndexBesideWritersTest {
    private final TableStore database = StoredTableTest.MemoryDatabase.open(new MemoryStorage(16L << 20), 600);
    private Table table = create();

    private Table create() {
        Transaction ddl = begin();
        Table made = database.table(layout(database.createTree(ddl), List.of()));
        ddl.commit();
        return made;
    }

    private static TableLayout layout(long tree, List<IndexLayout> indexes) {
        return new TableLayout(
                tree,
                "public",
                "t",
                0,
                List.of(new ColumnLayout("id", PgType.INT8), new ColumnLayout("n", PgType.INT8)),
                "t_pkey",
                List.of(KeyPart.ascending(0)),
                indexes);
    }

    private Transaction begin() {
        return begin(Long.MAX_VALUE);
    }

    private Transaction begin(long lockTimeoutNanos) {
        Transaction transaction = database.begin(
                new TransactionOptions(IsolationLevel.READ_COMMITTED, false, new CancelFlag(), lockTimeoutNanos));
        transaction.beginStatement();
        return transaction;
    }

    private static Row row(long id, long number) {
        Row row = new Row(2);
        row.setLong(0, id);
        row.setLong(1, number);
        return row;
    }

    private byte[] key(long id) {
        return table.keyWriter(0).prefix(row(id, 0), 1);
    }

    private void insert(long id, long number) {
        Transaction writer = begin();
        table.insert(writer, row(id, number));
        writer.commit();
    }

    private void update(Transaction writer, long id, long number) {
        long version = table.get(writer, key(id), new Row(2), null);
        assertThat(table.update(writer, key(id), version, row(id, number))).isEqualTo(WriteOutcome.DONE);
    }

    private void addIndex(boolean unique) {
        Transaction ddl = begin();
        table = database.table(layout(
                table.layout().treeId(),
                List.of(new IndexLayout(
                        database.createTree(ddl), "t_n", List.of(KeyPart.ascending(1)), unique, false))));
        ddl.commit();
    }

    private void fill() {
        Transaction builder = begin();
        try {
            table.buildIndexBesideWriters(builder, 1);
            builder.commit();
        } finally {
            builder.rollback();
        }
    }

    private List<Long> byIndex(Transaction reader) {
        return ids(reader, 1);
    }

    private List<Long> ids(Transaction reader, int index) {
        List<Long> ids = new ArrayList<>();
        Row row = new Row(2);
        try (RowCursor cursor = table.scan(reader, index, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                ids.add(row.getLong(0));
            }
        }
        return ids;
    }

    @Test
    void whatAWriterPutsThereAndTakesBackIsThereForTheVersionThatComesBack() throws Exception {
        insert(1, 10);
        insert(2, 20);
        addIndex(false);
        Transaction writer = begin();
        update(writer, 1, 11);
        update(writer, 1, 10);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> filled = threads.submit(this::fill);
            // The entry it finds may go again: it waits for whoever put it there.
            assertThatThrownBy(() -> filled.get(60, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            writer.rollback();
            filled.get(10, TimeUnit.SECONDS);
        }
        assertThat(byIndex(begin())).containsExactly(1L, 2L);
    }

    @Test
    void aWriterUnderWayWhoseEntriesAreNotThereYetIsNotWaitedFor() {
        insert(1, 10);
        addIndex(false);
        Transaction writer = begin();
        update(writer, 1, 11);
        fill();
        assertThat(byIndex(begin())).containsExactly(1L);
        writer.commit();
        assertThat(byIndex(begin())).containsExactly(1L);
    }

    @Test
    void onlyThoseWhoHoldALockAlreadyAreWaitedFor() throws Exception {
        long tree = table.layout().treeId();
        Transaction first = begin();
        first.lockTable(tree, TableLockMode.ROW_EXCLUSIVE, WaitPolicy.WAIT);
        Transaction builder = begin();
        builder.lockTable(tree, TableLockMode.SHARE_UPDATE_EXCLUSIVE, WaitPolicy.WAIT);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> waited = threads.submit(() -> builder.awaitHolders(tree, TableLockMode.SHARE));
            assertThatThrownBy(() -> waited.get(60, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            Transaction later = begin();
            later.lockTable(tree, TableLockMode.ROW_EXCLUSIVE, WaitPolicy.FAIL);
            first.commit();
            waited.get(10, TimeUnit.SECONDS);
            later.rollback();
        }
    }

    @Test
    void theWaitEndsWithTheLockTimeout() {
        long tree = table.layout().treeId();
        Transaction writer = begin();
        writer.lockTable(tree, TableLockMode.ROW_EXCLUSIVE, WaitPolicy.WAIT);
        Transaction builder = begin(50_000_000);
        assertThatThrownBy(() -> builder.awaitHolders(tree, TableLockMode.SHARE))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.LOCK_NOT_AVAILABLE));
    }

    @Test
    void duplicatesAreToldAndTheIndexCanBeFilledAgain() {
        insert(1, 10);
        insert(2, 10);
        addIndex(true);
        assertThatThrownBy(this::fill)
                .hasMessage("could not create unique index \"t_n\"")
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        failure -> assertThat(failure.report().detail()).isEqualTo("Key (n)=(10) is duplicated."));
        Transaction writer = begin();
        update(writer, 2, 20);
        writer.commit();
        fill();
        assertThat(byIndex(begin())).containsExactly(1L, 2L);
    }

    /** The rows that would collide are in nobody's index yet: whose writer goes first is allowed, and is found. */
    @Test
    void aRowThatCameMeanwhileWithTheKeyOfAnOldOneIsADuplicate() {
        insert(1, 10);
        addIndex(true);
        insert(2, 10);
        assertThatThrownBy(this::fill).hasMessage("could not create unique index \"t_n\"");
    }

    @Test
    void aKeyThatWanderedToAnotherRowMeanwhileIsNoDuplicate() throws Exception {
        insert(1, 10);
        addIndex(true);
        Transaction writer = begin();
        update(writer, 1, 11);
        table.insert(writer, row(2, 10));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> filled = threads.submit(this::fill);
            assertThatThrownBy(() -> filled.get(60, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            writer.commit();
            filled.get(10, TimeUnit.SECONDS);
        }
        assertThat(byIndex(begin())).containsExactly(2L, 1L);
    }

    @Test
    void aSnapshotOlderThanTheIndexFindsByItWhatItSees() {
        insert(1, 10);
        insert(2, 20);
        Transaction old = database.begin(TransactionOptions.snapshot());
        old.beginStatement();
        Transaction writer = begin();
        update(writer, 1, 30);
        table.delete(writer, key(2), table.get(writer, key(2), new Row(2), null));
        writer.commit();
        addIndex(false);
        fill();
        assertThat(byIndex(old)).containsExactly(1L, 2L);
        assertThat(byIndex(begin())).containsExactly(1L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("AE-151: whatever writers do while an index is filled, it finds all rows afterwards")
    void writersAndTheOneWhoFillsDoNotMissAnything(boolean unique) throws Exception {
        long count = 400;
        for (long id = 0; id < count; id++) {
            insert(id, id);
        }
        addIndex(unique);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger done = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(3);
        List<Callable<Void>> writers = new ArrayList<>();
        for (int thread = 0; thread < 3; thread++) {
            SplittableRandom random = new SplittableRandom(thread);
            writers.add(() -> {
                while (!stop.get() && done.get() < 20_000) {
                    write(random, count);
                    done.incrementAndGet();
                    begun.countDown();
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> running = writers.stream().map(threads::submit).toList();
            begun.await();
            fill();
            stop.set(true);
            for (Future<Void> each : running) {
                each.get();
            }
        }
        Transaction reader = begin();
        assertThat(ids(reader, 1)).containsExactlyInAnyOrderElementsOf(ids(reader, 0));
        database.close();
        List<String> findings = new ArrayList<>();
        database.verify(findings::add, page -> true);
        assertThat(findings).isEmpty();
    }

    /** Numbers wander within a row's own hundred, come back, are taken back, and rows go and come. */
    private void write(SplittableRandom random, long count) {
        Transaction writer = begin();
        try {
            for (int i = random.nextInt(4); i >= 0; i--) {
                long id = random.nextLong(count);
                Row row = new Row(2);
                long version = table.get(writer, key(id), row, null);
                if (version < 0) {
                    table.insert(writer, row(id, id));
                } else if (random.nextInt(5) == 0) {
                    table.delete(writer, key(id), version);
                } else {
                    long number = row.getLong(1) == id ? id + count * (1 + random.nextInt(3)) : id;
                    table.update(writer, key(id), version, row(id, number));
                }
            }
            if (random.nextInt(3) > 0) {
                writer.commit();
            }
        } catch (DatabaseException expected) {
            assertThat(expected.code()).isIn(ErrorCode.DEADLOCK_DETECTED, ErrorCode.UNIQUE_VIOLATION);
        } finally {
            writer.rollback();
        }
    }
}
