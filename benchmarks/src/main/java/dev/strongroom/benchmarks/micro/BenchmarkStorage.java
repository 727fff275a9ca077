package dev.strongroom.benchmarks.micro;

import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.SecureRandomness;
import dev.strongroom.common.time.SystemClock;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.StorageEnvironment;
import dev.strongroom.storage.database.StorageSettings;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.file.DiskFiles;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A plain database on the real disk with a table of pgbench's account rows, for benchmarks; deleted on close. */
final class BenchmarkStorage implements AutoCloseable {
    private final Path folder;
    private final Storage<TableContent> storage;
    private final Database database;
    private final Table accounts;

    BenchmarkStorage(int rows) {
        this(rows, StorageSettings.forMemory(4L << 30));
    }

    BenchmarkStorage(int rows, StorageSettings settings) {
        this(rows, settings, newFolder());
    }

    private BenchmarkStorage(int rows, StorageSettings settings, Path folder) {
        this(rows, settings, folder, new DiskFiles(folder));
    }

    /** On a disk that may be slower than the folder's. */
    BenchmarkStorage(int rows, StorageSettings settings, Path folder, StorageFiles disk) {
        this.folder = folder;
        storage = new Storage<>(environment(disk, settings), TableContent::new);
        database = storage.create(Storage.POSTGRES, null).content().tables();
        accounts = fill(rows);
    }

    static Path newFolder() {
        try {
            return Files.createTempDirectory("strongroom-bench");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static StorageEnvironment environment(StorageFiles files, StorageSettings settings) {
        return new StorageEnvironment(
                files,
                new ThreadScheduler((role, failure) -> {
                    throw new IllegalStateException(role, failure);
                }),
                new SystemClock(),
                new SecureRandomness(),
                new MacKey(KeyBuffer.copyOf(new byte[32])),
                (id, wrapped) -> {
                    throw new IllegalStateException("plain databases only");
                },
                settings,
                stopped -> {
                    throw stopped;
                });
    }

    private Table fill(int rows) {
        Transaction transaction = database.begin(TransactionOptions.readCommitted());
        long tree = database.createTree(transaction);
        Table table = database.table(new TableLayout(
                tree,
                "public",
                "accounts",
                0,
                List.of(
                        new ColumnLayout("aid", PgType.INT4),
                        new ColumnLayout("bid", PgType.INT4),
                        new ColumnLayout("abalance", PgType.INT4),
                        new ColumnLayout("filler", PgType.BPCHAR)),
                "accounts_pkey",
                List.of(KeyPart.ascending(0)),
                List.of()));
        String filler = " ".repeat(84);
        for (int i = 1; i <= rows; i++) {
            table.insert(transaction, account(i, filler));
        }
        transaction.commit();
        return table;
    }

    static Row account(int id, String filler) {
        Row row = new Row(4);
        row.setLong(0, id);
        row.setLong(1, 1);
        row.setLong(2, 0);
        row.setRef(3, filler);
        return row;
    }

    Path folder() {
        return folder;
    }

    StoredDatabase<TableContent> stored() {
        return storage.open(Storage.POSTGRES);
    }

    Database database() {
        return database;
    }

    Table accounts() {
        return accounts;
    }

    @Override
    public void close() {
        storage.close();
        delete(folder);
    }

    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
