package dev.strongroom.benchmarks.micro;

import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Durable single-row transactions on the real disk: how many commits share one sync. Before and after each iteration the bare
 * disk is measured, in the same place: writing and syncing 4 KiB at a time in a preallocated file. While one batch is synced
 * every other session's commit gathers for the next, so one session can have one commit per sync, and more sessions all but one
 * of them per sync in the worst case, all of them in the best. Printed per iteration: commits and syncs per second, and
 * commits as a share of sessions times the disk's own rate.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class GroupCommitBenchmark {
    private static final String FILLER = " ".repeat(84);
    private static final int PROBE_BYTES = 4 << 20;
    private static final int BLOCK = 4096;
    private static final long PROBE_NANOS = 1_000_000_000L;

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong commits = new AtomicLong();
    private BenchmarkStorage storage;
    private double diskBefore;
    private long started;

    @Setup
    public void open() {
        storage = new BenchmarkStorage(0);
    }

    @TearDown
    public void close() {
        storage.close();
    }

    @Setup(Level.Iteration)
    public void before() {
        diskBefore = syncsPerSecond(storage.folder());
        commits.set(0);
        started = System.nanoTime();
    }

    @TearDown(Level.Iteration)
    public void after(BenchmarkParams parameters) {
        double rate = commits.get() * 1e9 / (System.nanoTime() - started);
        double disk = (diskBefore + syncsPerSecond(storage.folder())) / 2;
        System.out.printf(
                Locale.ROOT,
                "%n  %d sessions: %.0f commits/s; bare disk %.0f syncs/s; %.1f commits for each of them; %.0f %% of sessions x"
                        + " syncs%n  ",
                parameters.getThreads(),
                rate,
                disk,
                rate / disk,
                100 * rate / (disk * parameters.getThreads()));
    }

    /** What the disk can do: one block written and synced after another, where blocks are allocated already. */
    private static double syncsPerSecond(Path folder) {
        Path file = folder.resolve("probe");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            channel.write(ByteBuffer.allocateDirect(PROBE_BYTES), 0);
            channel.force(true);
            ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
            long start = System.nanoTime();
            long syncs = 0;
            while (System.nanoTime() - start < PROBE_NANOS) {
                channel.write(block.clear(), syncs * BLOCK % PROBE_BYTES);
                channel.force(false);
                syncs++;
            }
            return syncs * 1e9 / (System.nanoTime() - start);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        commits.incrementAndGet();
    }
}
