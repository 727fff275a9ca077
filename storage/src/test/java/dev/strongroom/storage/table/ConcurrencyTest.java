package dev.strongroom.storage.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.tree.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real threads: money neither appears nor vanishes, unique keys stay unique, indexes agree with their table. */
class ConcurrencyTest {
    private static final int ACCOUNTS = 200;
    private static final long START = 1000;

    private static TransactionOptions options(IsolationLevel level) {
        return new TransactionOptions(level, false, new CancelFlag(), Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"READ_COMMITTED,600", "REPEATABLE_READ,600", "SERIALIZABLE,900", "READ_COMMITTED,8032"})
    void sumsHoldInEverySnapshot(IsolationLevel level, int capacity) throws Exception {
        MemoryStorage storage = new MemoryStorage(16L << 20);
        TableStore database = StoredTableTest.MemoryDatabase.open(storage, capacity);
        Table table = create(database);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger transfers = new AtomicInteger();
        AtomicInteger sums = new AtomicInteger();
        List<Callable<Void>> work = new ArrayList<>();
        for (int thread = 0; thread < 6; thread++) {
            long seed = thread;
            work.add(() -> {
                SplittableRandom random = new SplittableRandom(seed);
                while (!stop.get() && transfers.get() < 1500) {
                    if (transfer(database, table, level, random)) {
                        transfers.incrementAndGet();
                    }
                }
                stop.set(true);
                return null;
            });
        }
        for (int thread = 0; thread < 2; thread++) {
            int index = thread;
            work.add(() -> {
                do {
                    Transaction reader = database.begin(options(IsolationLevel.REPEATABLE_READ));
                    reader.beginStatement();
                    assertThat(sum(table, reader, index)).isEqualTo(ACCOUNTS * START);
                    assertThat(sum(table, reader, 1 - index)).isEqualTo(ACCOUNTS * START);
                    reader.commit();
                    sums.incrementAndGet();
                } while (!stop.get());
                return null;
            });
        }
        run(work);
        Transaction last = database.begin(TransactionOptions.readCommitted());
        last.beginStatement();
        assertThat(sum(table, last, 0)).isEqualTo(ACCOUNTS * START);
        assertThat(sum(table, last, 1)).isEqualTo(ACCOUNTS * START);
        last.commit();
        assertThat(sums.get()).isPositive();
        database.close();
    }

    @ParameterizedTest
    @CsvSource({"600", "8032"})
    void rowsThatStayAreAlwaysThereWhileOthersComeAndGo(int capacity) throws Exception {
        TableStore database = StoredTableTest.MemoryDatabase.open(new MemoryStorage(16L << 20), capacity);
        Table table = create(database);
        AtomicInteger rounds = new AtomicInteger();
        List<Callable<Void>> work = new ArrayList<>();
        for (int thread = 0; thread < 3; thread++) {
            int own = thread;
            work.add(() -> {
                while (rounds.getAndIncrement() < 60) {
                    comeAndGo(database, table, own);
                }
                return null;
            });
        }
        for (int thread = 0; thread < 2; thread++) {
            int index = thread;
            work.add(() -> {
                while (rounds.get() < 60) {
                    Transaction reader = database.begin(options(IsolationLevel.READ_COMMITTED));
                    reader.beginStatement();
                    assertThat(staying(table, reader, index)).isEqualTo(ACCOUNTS);
                    reader.commit();
                }
                return null;
            });
        }
        run(work);
        database.close();
        List<String> findings = new ArrayList<>();
        database.verify(findings::add, page -> true);
        assertThat(findings).isEmpty();
    }

    /** Hundreds of rows between those that stay, and away again: leaves fill and empty. */
    private static void comeAndGo(TableStore database, Table table, int own) {
        Transaction coming = database.begin(TransactionOptions.readCommitted());
        coming.beginStatement();
        for (int i = 0; i < 300; i++) {
            long id = 1000 + i * 3L + own;
            table.insert(coming, row(id, id * 7919 % 1_000_003 + 1000, 0));
        }
        coming.commit();
        Transaction going = database.begin(TransactionOptions.readCommitted());
        going.beginStatement();
        for (int i = 0; i < 300; i++) {
            Row values = new Row(1);
            values.setLong(0, 1000 + i * 3L + own);
            byte[] key = table.keyWriter(0).prefix(values, 1);
            assertThat(table.delete(going, key, table.get(going, key, new Row(3), null)))
                    .isEqualTo(WriteOutcome.DONE);
        }
        going.commit();
    }

    private static long staying(Table table, Transaction reader, int index) {
        Row row = new Row(3);
        long count = 0;
        try (RowCursor cursor = table.scan(reader, index, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                count += row.getLong(2) == START ? 1 : 0;
            }
        }
        return count;
    }

    private static void run(List<Callable<Void>> work) throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<Void>> futures = new ArrayList<>();
            work.forEach(task -> futures.add(threads.submit(task)));
            for (Future<Void> future : futures) {
                future.get();
            }
        }
    }

    private static Table create(Database database) {
        Transaction ddl = database.begin(TransactionOptions.readCommitted());
        Table table = database.table(new TableLayout(
                database.createTree(ddl),
                "public",
                "account",
                0,
                List.of(
                        new ColumnLayout("id", PgType.INT4),
                        new ColumnLayout("tag", PgType.INT8),
                        new ColumnLayout("balance", PgType.INT8)),
                "account_pkey",
                List.of(KeyPart.ascending(0)),
                List.of(new IndexLayout(
                        database.createTree(ddl), "account_tag", List.of(KeyPart.ascending(1)), true, false))));
        ddl.commit();
        Transaction fill = database.begin(TransactionOptions.readCommitted());
        fill.beginStatement();
        for (int id = 0; id < ACCOUNTS; id++) {
            table.insert(fill, row(id, id, START));
        }
        fill.commit();
        return table;
    }

    private static Row row(long id, long tag, long balance) {
        Row row = new Row(3);
        row.setLong(0, id);
        row.setLong(1, tag);
        row.setLong(2, balance);
        return row;
    }

    private static long sum(Table table, Transaction reader, int index) {
        Row row = new Row(3);
        long sum = 0;
        int count = 0;
        long previous = Long.MIN_VALUE;
        try (RowCursor cursor = table.scan(reader, index, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                sum += row.getLong(2);
                long key = row.getLong(index);
                assertThat(key).isGreaterThan(previous);
                previous = key;
                count++;
            }
        }
        assertThat(count).isEqualTo(ACCOUNTS);
        return sum;
    }

    /** Moves money between two accounts; sometimes an account gets a new tag, or is deleted and opened again. */
    private static boolean transfer(Database database, Table table, IsolationLevel level, SplittableRandom random) {
        Transaction transaction = database.begin(options(level));
        try {
            int from = random.nextInt(ACCOUNTS);
            int to = random.nextInt(ACCOUNTS);
            if (from == to) {
                return false;
            }
            long amount = random.nextInt(50);
            boolean moved =
                    add(transaction, table, from, -amount, random) && add(transaction, table, to, amount, random);
            if (moved && random.nextInt(10) == 0) {
                Transaction.Savepoint savepoint = transaction.savepoint();
                add(transaction, table, to, 100000, random);
                transaction.rollbackTo(savepoint);
            }
            if (moved && random.nextInt(10) != 0) {
                transaction.commit();
                return true;
            }
            transaction.rollback();
            return false;
        } catch (DatabaseException failure) {
            transaction.rollback();
            if (!failure.code().retryable()) {
                throw failure;
            }
            return false;
        }
    }

    private static boolean add(Transaction transaction, Table table, int id, long amount, SplittableRandom random) {
        Row values = new Row(1);
        values.setLong(0, id);
        byte[] key = table.keyWriter(0).prefix(values, 1);
        Row row = new Row(3);
        transaction.beginStatement();
        long version = table.get(transaction, key, row, null);
        while (version >= 0) {
            long tag = random.nextInt(4) == 0 ? random.nextLong(1L << 40) + ACCOUNTS : row.getLong(1);
            Row changed = row(id, tag, row.getLong(2) + amount);
            WriteOutcome outcome;
            if (random.nextInt(5) == 0) {
                outcome = table.delete(transaction, key, version);
                if (outcome == WriteOutcome.DONE) {
                    table.insert(transaction, changed);
                }
            } else {
                outcome = table.update(transaction, key, version, changed);
            }
            switch (outcome) {
                case DONE -> {
                    return true;
                }
                case CHANGED -> version = table.getLatest(transaction, key, row, null);
                case GONE, SKIPPED -> {
                    return false;
                }
            }
        }
        return false;
    }

    @ParameterizedTest
    @CsvSource({"600", "8032"})
    void racingInsertsOfOneKeyHaveOneWinner(int capacity) throws Exception {
        TableStore database = StoredTableTest.MemoryDatabase.open(new MemoryStorage(16L << 20), capacity);
        Table table = create(database);
        AtomicInteger winners = new AtomicInteger();
        int keys = 300;
        List<Callable<Void>> work = new ArrayList<>();
        for (int thread = 0; thread < 6; thread++) {
            int number = thread;
            work.add(() -> {
                SplittableRandom random = new SplittableRandom(number);
                for (int i = 0; i < keys; i++) {
                    Transaction transaction = database.begin(TransactionOptions.readCommitted());
                    transaction.beginStatement();
                    // Same tag from all, each under a primary key of its own.
                    byte[] other = table.insertOrConflict(
                            transaction,
                            row(10_000 + i * 10 + number, 1_000_000 + i, 0),
                            random.nextInt(2) - 1 < 0 ? -1 : 1);
                    if (other == null && random.nextInt(3) == 0) {
                        transaction.rollback();
                        continue;
                    }
                    transaction.commit();
                    winners.addAndGet(other == null ? 1 : 0);
                }
                return null;
            });
        }
        run(work);
        Transaction reader = database.begin(TransactionOptions.readCommitted());
        reader.beginStatement();
        Row low = new Row(1);
        low.setLong(0, 1_000_000);
        Row row = new Row(3);
        int found = 0;
        long previous = 0;
        ScanRange range = new ScanRange(table.keyWriter(1).prefix(low, 1), true, null, true, false);
        try (RowCursor cursor = table.scan(reader, 1, range, null)) {
            while (cursor.next()) {
                cursor.load(row);
                assertThat(row.getLong(1)).isGreaterThan(previous);
                previous = row.getLong(1);
                found++;
            }
        }
        reader.commit();
        assertThat(found).isEqualTo(winners.get()).isLessThanOrEqualTo(keys);
        database.close();
    }
}
