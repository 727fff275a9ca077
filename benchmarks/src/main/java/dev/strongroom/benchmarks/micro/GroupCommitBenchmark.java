package dev.strongroom.benchmarks.micro;

import com.sun.management.OperatingSystemMXBean;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.storage.database.StorageSettings;
import dev.strongroom.storage.file.DiskFiles;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Durable single-row transactions beside what the bare disk allows: writing and syncing as many bytes at a time as the log does,
 * a few hundred for a commit, in whole blocks of 4 KiB of a preallocated file of the same folder. Both take turns of a
 * fraction of a second, because the rate of a virtual machine's disk changes from one second to the next; the medians of the
 * rounds are compared. While one batch is
 * synced every other session's commit gathers for the next, so one session can have one commit per sync, and more sessions at
 * worst a little less than half of them, at best all of them. Where the disk syncs thousands of times a second the processors
 * are the bound, not the disk; a disk whose syncs take longer is made of it by waiting. The sessions are {@link LoopSessions}.
 *
 * <p>Arguments: sessions, with commas between (1,16,64); rounds (10); milliseconds of a turn (250); milliseconds that a sync
 * takes longer than the disk's own, with commas between (0,2,5).
 */
public final class GroupCommitBenchmark implements AutoCloseable {
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final String FILLER = " ".repeat(84);
    private static final int PROBE_BYTES = 4 << 20;
    private static final int BLOCK = 4096;
    private static final long WARM_UP_NANOS = 4_000_000_000L;

    private final LoopSessions clients = new LoopSessions();
    private final SlowDisk disk;
    private final BenchmarkStorage storage;
    private final AtomicInteger next = new AtomicInteger();

    private GroupCommitBenchmark(int slowerMillis) {
        Path folder = BenchmarkStorage.newFolder();
        disk = new SlowDisk(new DiskFiles(folder));
        storage = new BenchmarkStorage(0, StorageSettings.forMemory(4L << 30), folder, disk);
        // Too little is done on a slow disk for the compiler to notice.
        commitsPerSecond(16, WARM_UP_NANOS);
        disk.slowDown(slowerMillis * 1_000_000L);
    }

    public static void main(String[] arguments) {
        String sessions = arguments.length > 0 ? arguments[0] : "1,16,64";
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        long turn = (arguments.length > 2 ? Long.parseLong(arguments[2]) : 250) * 1_000_000;
        for (String millis : (arguments.length > 3 ? arguments[3] : "0,2,5").split(",", -1)) {
            System.out.println(
                    millis.equals("0") ? "the disk as it is" : "a disk whose syncs take " + millis + " ms longer");
            try (GroupCommitBenchmark benchmark = new GroupCommitBenchmark(Integer.parseInt(millis))) {
                for (String number : sessions.split(",", -1)) {
                    benchmark.compare(Integer.parseInt(number), rounds, turn);
                }
            }
        }
    }

    private void compare(int sessions, int rounds, long turn) {
        try (StorageFile probe = disk.create("probe")) {
            probe.write(ByteBuffer.allocateDirect(PROBE_BYTES), 0);
            probe.sync();
            int bytes = bytesOfASync(sessions, 2 * turn);
            double[] syncs = new double[rounds];
            double[] commits = new double[rounds];
            double[] share = new double[rounds];
            double[] gathered = new double[rounds];
            double[] micros = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                double before = syncsPerSecond(probe, bytes, turn / 2);
                long logSyncs = disk.logSyncs();
                long start = System.nanoTime();
                long processor = PROCESS.getProcessCpuTime();
                commits[i] = commitsPerSecond(sessions, turn);
                processor = PROCESS.getProcessCpuTime() - processor;
                micros[i] = processor / 1e3 / (commits[i] * (System.nanoTime() - start) / 1e9);
                gathered[i] = commits[i] * (System.nanoTime() - start) / 1e9 / (disk.logSyncs() - logSyncs);
                syncs[i] = (before + syncsPerSecond(probe, bytes, turn / 2)) / 2;
                share[i] = commits[i] / syncs[i];
            }
            System.out.printf(
                    Locale.ROOT,
                    "%2d sessions: %.0f commits/s of %.1f us of processor, %.1f in a sync of the log; bare disk %.0f syncs/s of %d KiB;"
                            + " %.2f commits for each of them (%.2f to %.2f)%n",
                    sessions,
                    median(commits),
                    median(micros),
                    median(gathered),
                    median(syncs),
                    bytes >> 10,
                    median(share),
                    Arrays.stream(share).min().orElseThrow(),
                    Arrays.stream(share).max().orElseThrow());
        }
        disk.delete("probe");
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** What the log writes for each sync, in whole blocks. */
    private int bytesOfASync(int sessions, long nanos) {
        long bytes = disk.logBytes();
        long syncs = disk.logSyncs();
        commitsPerSecond(sessions, nanos);
        long blocks = (disk.logBytes() - bytes) / (disk.logSyncs() - syncs) / BLOCK;
        return Math.toIntExact(Math.max(blocks, 1) * BLOCK);
    }

    /** What the disk can do: so many bytes written and synced at a time, where blocks are allocated already. */
    private double syncsPerSecond(StorageFile probe, int bytes, long nanos) {
        ByteBuffer block = ByteBuffer.allocateDirect(bytes);
        long start = System.nanoTime();
        long syncs = 0;
        while (System.nanoTime() - start < nanos) {
            probe.write(block.clear(), syncs % (PROBE_BYTES / bytes) * bytes);
            probe.sync();
            syncs++;
        }
        return syncs * 1e9 / (System.nanoTime() - start);
    }

    private double commitsPerSecond(int sessions, long nanos) {
        long start = System.nanoTime();
        long commits = clients.run(sessions, nanos, new LoopSessions.Work(this::begin, this::insert));
        return commits * 1e9 / (System.nanoTime() - start);
    }

    private Transaction begin() {
        return storage.database().begin(TransactionOptions.readCommitted());
    }

    private void insert(Transaction transaction) {
        storage.accounts().insert(transaction, BenchmarkStorage.account(next.incrementAndGet(), FILLER));
    }

    @Override
    public void close() {
        clients.close();
        storage.close();
    }
}
