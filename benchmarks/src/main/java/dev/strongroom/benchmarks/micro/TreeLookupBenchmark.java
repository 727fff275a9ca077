package dev.strongroom.benchmarks.micro;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.KeyWriter;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A point read through the primary key from cache: key encoding, descent, visibility, two columns decoded. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TreeLookupBenchmark {
    private static final int[] COLUMNS = {0, 2};

    @Param("1000000")
    private int rows;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Row key = new Row(1);
    private final Row row = new Row(4);
    private BenchmarkStorage storage;
    private Transaction transaction;
    private KeyWriter writer;

    @Setup
    public void load() {
        storage = new BenchmarkStorage(rows);
        transaction = storage.database().begin(TransactionOptions.snapshot());
        transaction.beginStatement();
        writer = storage.accounts().keyWriter(0);
    }

    @TearDown
    public void close() {
        transaction.rollback();
        storage.close();
    }

    @Benchmark
    public long pointRead() {
        key.setLong(0, 1 + random.nextInt(rows));
        long version = storage.accounts().get(transaction, writer.prefix(key, 1), row, COLUMNS);
        return version + row.getLong(2);
    }
}
