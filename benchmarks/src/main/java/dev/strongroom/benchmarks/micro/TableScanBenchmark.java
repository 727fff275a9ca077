package dev.strongroom.benchmarks.micro;

import dev.strongroom.common.value.Row;
import dev.strongroom.common.value.Vector;
import dev.strongroom.storage.table.BatchCursor;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
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

/**
 * Scans of a table from cache, per row: {@code -prof gc} says what a row allocates, which is to be nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TableScanBenchmark {
    private static final int ROWS = 1_000_000;
    /** Not the filler: a text that is read is an object, for whoever reads it. */
    private static final int[] NUMBERS = {0, 1, 2};

    private final Row row = new Row(4);
    private final Vector balances = new Vector(BatchCursor.MAX_ROWS);
    private BenchmarkStorage storage;
    private Transaction transaction;

    @Setup
    public void load() {
        storage = new BenchmarkStorage(ROWS);
        transaction = storage.database().begin(TransactionOptions.snapshot());
        transaction.beginStatement();
    }

    @TearDown
    public void close() {
        transaction.rollback();
        storage.close();
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long byRow() {
        long sum = 0;
        try (RowCursor cursor = storage.accounts().scan(transaction, 0, ScanRange.ALL, NUMBERS)) {
            while (cursor.next()) {
                cursor.load(row);
                sum += row.getLong(0);
            }
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long byBatch() {
        long sum = 0;
        try (BatchCursor cursor = storage.accounts().scanBatches(transaction)) {
            for (int count = cursor.next(); count > 0; count = cursor.next()) {
                cursor.load(2, balances, null, count);
                for (int i = 0; i < count; i++) {
                    sum += balances.longs()[i];
                }
            }
        }
        return sum;
    }
}
