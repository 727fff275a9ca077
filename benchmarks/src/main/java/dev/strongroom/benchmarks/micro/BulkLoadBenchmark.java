package dev.strongroom.benchmarks.micro;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowLoader;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Rows per second into a table: one by one, and by a loader into a fresh table, in key order and in none. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class BulkLoadBenchmark {
    private static final int ROWS = 100_000;
    private static final int STEP = 61_057;
    private static final String FILLER = " ".repeat(84);

    private BenchmarkStorage storage;

    @Setup
    public void open() {
        storage = new BenchmarkStorage(0);
    }

    @TearDown
    public void close() {
        storage.close();
    }

    private Table table(Transaction transaction) {
        long tree = storage.database().createTree(transaction);
        return storage.database()
                .table(new TableLayout(
                        tree,
                        "public",
                        "loaded",
                        0,
                        List.of(
                                new ColumnLayout("aid", PgType.INT4),
                                new ColumnLayout("bid", PgType.INT4),
                                new ColumnLayout("abalance", PgType.INT4),
                                new ColumnLayout("filler", PgType.BPCHAR)),
                        "loaded_pkey",
                        List.of(KeyPart.ascending(0)),
                        List.of()));
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void oneByOne() {
        Transaction transaction = storage.database().begin(TransactionOptions.readCommitted());
        Table table = table(transaction);
        for (int i = 0; i < ROWS; i++) {
            table.insert(transaction, BenchmarkStorage.account(i, FILLER));
        }
        transaction.rollback();
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void loadedInOrder() {
        load(1);
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void loadedInNoOrder() {
        load(STEP);
    }

    private void load(int step) {
        Transaction transaction = storage.database().begin(TransactionOptions.readCommitted());
        Table table = table(transaction);
        Row row = BenchmarkStorage.account(0, FILLER);
        try (RowLoader loader = table.loader(transaction)) {
            long id = 0;
            for (int i = 0; i < ROWS; i++) {
                id = (id + step) % ROWS;
                row.setLong(0, id);
                loader.add(row);
            }
            loader.finish();
        }
        transaction.rollback();
    }
}
