package dev.strongroom.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.time.SystemClock;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.storage.file.DiskFiles;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log's buffers under real threads (storage-design, section 11, point 9): who appends, who waits, who is told and who leads
 * the writing all race, over several segments, and nothing is lost, torn, told twice or told too early.
 */
class LogStressTest extends SeededTest {
    private static final int THREADS = 4;
    private static final int RECORDS = 1500;
    private static final int SEGMENT = 256 * 1024;

    @TempDir
    Path directory = Path.of("unset");

    private final ThreadScheduler scheduler = new ThreadScheduler((role, failure) -> {
        throw new AssertionError(role, failure);
    });
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong told = new AtomicLong();
    private final AtomicLong toldEarly = new AtomicLong();

    private static final LogKeys PLAIN = new LogKeys() {
        @Override
        public @Nullable KeyVersion target() {
            return null;
        }

        @Override
        public @Nullable KeyVersion find(int version) {
            return null;
        }

        @Override
        public Wrapped wrapped(int version) {
            return Wrapped.NONE;
        }
    };

    private record Appended(int thread, int number, long lsn) {}

    private List<Appended> append(LocalLogStream log, int thread, SeededRandomness random) {
        List<Appended> appended = new ArrayList<>();
        RecordWriter record = new RecordWriter();
        for (int number = 0; number < RECORDS; number++) {
            record.begin(RecordKind.SPACE, thread + 1, number, 0, false);
            byte[] filling = new byte[random.below(600)];
            record.putBytes(filling, 0, filling.length);
            long lsn = log.append(record);
            appended.add(new Appended(thread, number, lsn));
            switch (random.below(40)) {
                case 0 -> {
                    log.durable(lsn);
                    assertThat(log.durableLsn()).isGreaterThanOrEqualTo(lsn);
                }
                case 1, 2 -> {
                    asked.incrementAndGet();
                    log.whenDurable(lsn, failure -> {
                        if (failure != null || log.durableLsn() < lsn) {
                            toldEarly.incrementAndGet();
                        }
                        told.incrementAndGet();
                        scheduler.signal(told);
                    });
                }
                case 3 -> {
                    if (log.tryDurable(lsn)) {
                        assertThat(log.durableLsn()).isGreaterThanOrEqualTo(lsn);
                    }
                }
                default -> {}
            }
        }
        return appended;
    }

    @Test
    void whatManyThreadsAppendIsReadBackWholeAndInOrder() throws Exception {
        DiskFiles files = new DiskFiles(directory);
        byte[] uuid = new byte[16];
        LocalLogStream log = LocalLogStream.create(new LocalLogStream.Environment(
                files,
                uuid,
                PLAIN,
                random().split(),
                scheduler,
                new SystemClock(),
                new StopSwitch(failure -> {
                    throw failure;
                }),
                SEGMENT));
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<FutureTask<List<Appended>>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int number = thread;
            SeededRandomness random = random().split();
            FutureTask<List<Appended>> task = new FutureTask<>(() -> {
                start.await();
                return append(log, number, random);
            });
            tasks.add(task);
            Thread.ofPlatform().start(task);
        }
        List<Appended> all = new ArrayList<>();
        for (FutureTask<List<Appended>> task : tasks) {
            List<Appended> own = task.get();
            assertThat(own).isSortedAccordingTo((a, b) -> Long.compare(a.lsn, b.lsn));
            all.addAll(own);
        }
        log.durable(log.endLsn());
        assertThat(asked.get()).isGreaterThan(THREADS);
        scheduler.await(told, () -> told.get() >= asked.get(), 10_000_000_000L);
        log.close();
        assertThat(told).hasValue(asked.get());
        all.sort((a, b) -> Long.compare(a.lsn, b.lsn));
        List<Appended> found = new ArrayList<>();
        try (LogReader reader = LogReader.open(files, uuid, PLAIN, 0)) {
            assertThat(reader.infos()).hasSizeGreaterThan(2);
            reader.forEach(
                    0,
                    record -> found.add(
                            new Appended((int) record.transaction() - 1, (int) record.previousLsn(), record.lsn())));
        }
        assertThat(found).isEqualTo(all);
        assertThat(toldEarly).hasValue(0);
    }
}
