package dev.strongroom.benchmarks.micro;

import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Durable single-row transactions on the real disk beside what the bare disk allows: writing and syncing 4 KiB, which is what
 * such a commit takes in the log, at a time in a preallocated file of the same folder. Both take turns of a fraction of a second,
 * because the rate of a virtual machine's disk changes from one second to the next; the medians of the rounds are compared.
 * While one batch is synced every other session's commit gathers for the next, so one session can have one commit per sync, and
 * more sessions at worst a little less than half of them, at best all of them.
 *
 * <p>Arguments: sessions, with commas between (1,16,64); rounds (10); milliseconds of a turn (250).
 */
public final class GroupCommitBenchmark {
    private static final String FILLER = " ".repeat(84);
    private static final int PROBE_BYTES = 4 << 20;
    private static final int BLOCK = 4096;

    private final BenchmarkStorage storage = new BenchmarkStorage(0);
    private final AtomicInteger next = new AtomicInteger();
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);

    private GroupCommitBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        String sessions = arguments.length > 0 ? arguments[0] : "1,16,64";
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        long turn = (arguments.length > 2 ? Long.parseLong(arguments[2]) : 250) * 1_000_000;
        GroupCommitBenchmark benchmark = new GroupCommitBenchmark();
        try {
            for (String number : sessions.split(",", -1)) {
                benchmark.compare(Integer.parseInt(number), rounds, turn);
            }
        } finally {
            benchmark.storage.close();
        }
    }

    private void compare(int sessions, int rounds, long turn) throws IOException {
        try (FileChannel probe = FileChannel.open(
                storage.folder().resolve("probe"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE)) {
            probe.write(ByteBuffer.allocateDirect(PROBE_BYTES), 0);
            probe.force(true);
            commitsPerSecond(sessions, 2 * turn);
            double[] disk = new double[rounds];
            double[] commits = new double[rounds];
            double[] share = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                double before = syncsPerSecond(probe, turn / 2);
                commits[i] = commitsPerSecond(sessions, turn);
                disk[i] = (before + syncsPerSecond(probe, turn / 2)) / 2;
                share[i] = commits[i] / disk[i];
            }
            System.out.printf(
                    Locale.ROOT,
                    "%2d sessions: %.0f commits/s; bare disk %.0f syncs/s; %.2f commits for each of them (%.2f to %.2f)%n",
                    sessions,
                    median(commits),
                    median(disk),
                    median(share),
                    Arrays.stream(share).min().orElseThrow(),
                    Arrays.stream(share).max().orElseThrow());
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** What the disk can do: one block written and synced after another, where blocks are allocated already. */
    private double syncsPerSecond(FileChannel probe, long nanos) throws IOException {
        long start = System.nanoTime();
        long syncs = 0;
        while (System.nanoTime() - start < nanos) {
            probe.write(block.clear(), syncs * BLOCK % PROBE_BYTES);
            probe.force(false);
            syncs++;
        }
        return syncs * 1e9 / (System.nanoTime() - start);
    }

    private double commitsPerSecond(int sessions, long nanos) {
        LongAdder commits = new LongAdder();
        long start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                while (System.nanoTime() - start < nanos) {
                    insert();
                    commits.increment();
                }
            }));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new UncheckedIOException(new IOException(e));
            }
        }
        return commits.sum() * 1e9 / (System.nanoTime() - start);
    }

    private void insert() {
        Transaction transaction = storage.database().begin(TransactionOptions.readCommitted());
        storage.accounts().insert(transaction, BenchmarkStorage.account(next.incrementAndGet(), FILLER));
        transaction.commit();
    }
}
