package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.SystemClock;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.buffer.BufferPool;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.storage.file.DiskFiles;
import dev.strongroom.storage.recovery.Checkpointer;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.StoreView;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.TableStore;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.table.WriteOutcome;
import dev.strongroom.storage.txn.UndoMemory;
import dev.strongroom.testkit.disk.FreezableFiles;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many threads on real files and few frames, encryption switched on under them; a copy taken without closing recovers. */
class EngineStressTest extends SeededTest {
    private static final int ACCOUNTS = 3000;
    private static final int TRANSFERS = 250;

    @TempDir
    Path directory = Path.of("unset");

    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private StorageEnvironment environment(StorageFiles files) {
        StorageEnvironment simulated = new TestMachine(random().split(), 0).environment(files);
        return new StorageEnvironment(
                files,
                new ThreadScheduler((role, failure) -> {
                    if (!(failure instanceof SimulatedCrash)) {
                        failures.add(failure);
                    }
                }),
                new SystemClock(),
                simulated.randomness(),
                simulated.instanceKey(),
                simulated.encryptors(),
                new StorageSettings(90 * 8192, 1 << 20, new Checkpointer.Settings(200_000, 100_000_000)),
                failures::add);
    }

    private static Row row(long id, long balance) {
        Row row = new Row(3);
        row.setLong(0, id);
        row.setLong(1, balance);
        row.setRef(2, "account holder number " + id + " ".repeat(150));
        return row;
    }

    private static byte[] key(Table table, long id) {
        Row values = new Row(1);
        values.setLong(0, id);
        return table.keyWriter(0).prefix(values, 1);
    }

    private static TableLayout setUp(TableStore database) {
        Transaction setup = database.begin(TransactionOptions.readCommitted());
        setup.beginStatement();
        TableLayout layout = new TableLayout(
                database.createTree(setup),
                "public",
                "account",
                0,
                List.of(
                        new ColumnLayout("id", PgType.INT8),
                        new ColumnLayout("balance", PgType.INT8),
                        new ColumnLayout("holder", PgType.TEXT)),
                "account_pkey",
                List.of(KeyPart.ascending(0)),
                List.of());
        Table table = database.table(layout);
        for (int i = 0; i < ACCOUNTS; i++) {
            table.insert(setup, row(i, 1000));
        }
        setup.commit();
        return layout;
    }

    private static long sum(TableStore database, TableLayout layout) {
        Transaction transaction = database.begin(TransactionOptions.snapshot());
        transaction.beginStatement();
        Row row = new Row(3);
        long sum = 0;
        int rows = 0;
        try (RowCursor cursor = database.table(layout).scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                sum += row.getLong(1);
                rows++;
            }
        }
        transaction.commit();
        assertThat(rows).isEqualTo(ACCOUNTS);
        return sum;
    }

    private static void transfer(TableStore database, Table table, SeededRandomness random) {
        Transaction transaction = database.begin(TransactionOptions.readCommitted());
        try {
            long amount = random.below(50);
            boolean done = add(table, transaction, random.below(ACCOUNTS), -amount)
                    && add(table, transaction, random.below(ACCOUNTS), amount);
            if (done) {
                transaction.commit();
            } else {
                transaction.rollback();
            }
        } catch (DatabaseException failure) {
            transaction.rollback();
            if (!failure.code().retryable()) {
                throw failure;
            }
        }
    }

    private static boolean add(Table table, Transaction transaction, long id, long amount) {
        transaction.beginStatement();
        Row row = new Row(3);
        byte[] key = key(table, id);
        long version = table.get(transaction, key, row, null);
        return table.update(transaction, key, version, row(id, row.getLong(1) + amount)) == WriteOutcome.DONE;
    }

    @Test
    void moneyIsNeitherMadeNorLost() throws Exception {
        FreezableFiles files = new FreezableFiles(new DiskFiles(directory.resolve("a")));
        // So little that undo of many transactions goes to files.
        UndoMemory undo = new UndoMemory(new UndoMemory.Limits(1 << 20, 300, 1 << 30, 0));
        Storage<TableContent> storage = new Storage<>(environment(files), ground -> new TableContent(ground, undo));
        StoredDatabase<TableContent> database = storage.create(Storage.POSTGRES, null);
        TableStore tables = database.content().tables();
        TableLayout layout = setUp(tables);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SeededRandomness random = random().split();
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    for (int n = 0; n < TRANSFERS; n++) {
                        transfer(tables, tables.table(layout), random);
                        if (n % 50 == 0) {
                            assertThat(sum(tables, layout)).isEqualTo(ACCOUNTS * 1000L);
                        }
                    }
                } catch (Throwable failure) {
                    failures.add(failure);
                }
            }));
        }
        database.encryption().createKey(TestMachine.wrapped(1), TestMachine.key(1));
        database.encryption().switchOn();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertNothingIsHeld(storage.pool(), tables, undo);
        files.freeze();
        Path copy = directory.resolve("b");
        copy(directory.resolve("a"), copy);
        Storage<TableContent> recovered = new Storage<>(environment(new DiskFiles(copy)), TableContent::new);
        StoredDatabase<TableContent> again = recovered.open(Storage.POSTGRES);
        assertThat(sum(again.content().tables(), layout)).isEqualTo(ACCOUNTS * 1000L);
        assertThat(again.encryption().status().state()).isIn(EncryptionStatus.ENCRYPTING, EncryptionStatus.ENCRYPTED);
        recovered.close();
        assertThat(failures).isEmpty();
    }

    /** Latches, locks, undo, temporary files are all back to none. The scan and the flusher go on: they let go again. */
    private static void assertNothingIsHeld(BufferPool pool, TableStore tables, UndoMemory undo) {
        await("row and table locks, transactions", () -> StoreView.isIdle(tables));
        await("versions kept for nobody", tables::isTidy);
        await("latched frames", () -> pool.latchedFrames() == 0);
        await(
                "temporary files",
                () -> tables.temp().openFiles() == 0 && tables.temp().bytes() == 0);
        assertThat(tables.temp().filesMade()).isPositive();
        await("undo in memory", () -> undo.used() == 0 && undo.lockBytes() == 0);
    }

    private static void await(String what, BooleanSupplier gone) {
        for (int i = 0; i < 5000 && !gone.getAsBoolean(); i++) {
            LockSupport.parkNanos(2_000_000);
        }
        assertThat(gone.getAsBoolean()).as(what).isTrue();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }
}
