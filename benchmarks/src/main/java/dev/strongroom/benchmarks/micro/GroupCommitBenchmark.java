package dev.strongroom.benchmarks.micro;

import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** Durable single-row transactions on the real disk: how many commits share one sync. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class GroupCommitBenchmark {
    private static final String FILLER = " ".repeat(84);

    private final AtomicInteger next = new AtomicInteger();
    private BenchmarkStorage storage;

    @Setup
    public void open() {
        storage = new BenchmarkStorage(0);
    }

    @TearDown
    public void close() {
        storage.close();
    }

    @Benchmark
    @Threads(1)
    public void oneSession() {
        insert();
    }

    @Benchmark
    @Threads(16)
    public void sixteenSessions() {
        insert();
    }

    @Benchmark
    @Threads(64)
    public void sixtyFourSessions() {
        insert();
    }

    private void insert() {
        Transaction transaction = storage.database().begin(TransactionOptions.readCommitted());
        storage.accounts().insert(transaction, BenchmarkStorage.account(next.incrementAndGet(), FILLER));
        transaction.commit();
    }
}
