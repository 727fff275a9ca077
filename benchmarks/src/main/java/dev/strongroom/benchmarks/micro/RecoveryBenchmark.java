package dev.strongroom.benchmarks.micro;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.StorageSettings;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.file.DiskFiles;
import dev.strongroom.storage.recovery.Checkpointer;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Time to recover a database whose log since the last checkpoint has a given size: account rows changed at random, a hundred to
 * a transaction, and one transaction that has not ended. What is measured is opening a copy of the files of the running
 * database, so both the pages it had written out and those it had not are what a crash would leave.
 *
 * <p>Arguments: MiB of log (1024), threads for redo (as the server chooses), rows (500000).
 */
public final class RecoveryBenchmark {
    private static final long POOL = 1L << 30;
    private static final int PER_TRANSACTION = 100;
    private static final String FILLER = " ".repeat(84);

    private RecoveryBenchmark() {}

    public static void main(String[] arguments) {
        long wanted = (arguments.length > 0 ? Long.parseLong(arguments[0]) : 1024) << 20;
        Checkpointer.Settings never = new Checkpointer.Settings(Long.MAX_VALUE, Long.MAX_VALUE);
        StorageSettings usual = new StorageSettings(POOL, 64 << 20, never);
        int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : usual.redoThreads();
        int rows = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 500_000;
        Path copy = BenchmarkStorage.newFolder();
        try {
            try (BenchmarkStorage storage = new BenchmarkStorage(rows, usual)) {
                storage.stored().checkpoint();
                write(storage, wanted, rows);
                copy(storage.folder(), copy);
            }
            recover(copy, new StorageSettings(POOL, 64 << 20, never, threads), wanted);
        } finally {
            BenchmarkStorage.delete(copy);
        }
    }

    private static void write(BenchmarkStorage storage, long wanted, int rows) {
        StoredDatabase<TableContent> database = storage.stored();
        Table accounts = storage.accounts();
        long from = database.log().endLsn();
        long random = 1;
        Row row = new Row(4);
        while (true) {
            Transaction transaction = storage.database().begin(TransactionOptions.readCommitted());
            transaction.beginStatement();
            for (int i = 0; i < PER_TRANSACTION; i++) {
                random = random * 6364136223846793005L + 1442695040888963407L;
                int id = 1 + (int) Long.remainderUnsigned(random >>> 20, rows);
                Row key = new Row(1);
                key.setLong(0, id);
                byte[] place = accounts.keyWriter(0).prefix(key, 1);
                long version = accounts.get(transaction, place, row, null);
                Row changed = BenchmarkStorage.account(id, FILLER);
                changed.setLong(2, row.getLong(2) + 1);
                accounts.update(transaction, place, version, changed);
            }
            if (database.log().endLsn() - from >= wanted) {
                // Not ended: recovery has something to undo.
                database.log().durable(database.log().endLsn());
                return;
            }
            transaction.commit();
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void recover(Path folder, StorageSettings settings, long wanted) {
        long start = System.nanoTime();
        Duration before = cpu();
        Storage<TableContent> storage =
                new Storage<>(BenchmarkStorage.environment(new DiskFiles(folder), settings), TableContent::new);
        storage.open(Storage.POSTGRES);
        double seconds = (System.nanoTime() - start) / 1e9;
        double busy = cpu().minus(before).toMillis() / 1e3;
        storage.close();
        System.out.printf(
                Locale.ROOT,
                "recovery of %d MiB of log with %d threads: %.2f s (%.0f MiB/s), %.2f s of processor time%n",
                wanted >> 20,
                settings.redoThreads(),
                seconds,
                (wanted >> 20) / seconds,
                busy);
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
