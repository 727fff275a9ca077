package dev.strongroom.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.file.ForwardingFile;
import dev.strongroom.common.file.ForwardingFiles;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import dev.strongroom.testkit.time.SimulatedScheduler;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many commits share a sync, on a disk whose syncs take simulated time; other work takes none. */
class GroupCommitTest extends SeededTest {
    private static final int COMMITS = 40;
    private static final long MILLI = 1_000_000;

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

    /** A disk whose syncs of the log take time. */
    private static final class SlowFiles extends ForwardingFiles {
        private final SimulatedScheduler scheduler;
        private final long nanos;
        private int syncs;

        SlowFiles(StorageFiles files, SimulatedScheduler scheduler, long nanos) {
            super(files);
            this.scheduler = scheduler;
            this.nanos = nanos;
        }

        @Override
        protected StorageFile wrap(StorageFile file) {
            return new ForwardingFile(file) {
                @Override
                public void sync() {
                    file.sync();
                    syncs++;
                    scheduler.await(this, () -> false, nanos);
                }
            };
        }

        @Override
        public StorageFiles below(String directory) {
            throw new UnsupportedOperationException();
        }
    }

    /** A log on such a disk, and sessions that commit again and again. */
    private static final class Subject {
        final SimulatedScheduler scheduler;
        final SlowFiles files;
        final LocalLogStream log;
        final int syncsBefore;

        Subject(SeededRandomness random, long syncNanos) {
            scheduler = new SimulatedScheduler(random.split());
            files = new SlowFiles(new SimulatedDisk(random.split()).files(), scheduler, syncNanos);
            log = LocalLogStream.create(new LocalLogStream.Environment(
                    files,
                    new byte[16],
                    PLAIN,
                    random.split(),
                    scheduler,
                    scheduler,
                    new StopSwitch(failure -> {
                        throw failure;
                    }),
                    1 << 20));
            // Its spares are made in the background.
            scheduler.await(this, () -> false, 1_000 * MILLI);
            syncsBefore = files.syncs;
        }

        int syncs() {
            return files.syncs - syncsBefore;
        }

        /** A session that thinks before each commit; what it returns tells the time its last one took until. */
        AtomicLong session(long thinkNanos) {
            AtomicLong end = new AtomicLong();
            scheduler.session("session", () -> {
                RecordWriter record = new RecordWriter();
                for (int i = 0; i < COMMITS; i++) {
                    if (thinkNanos > 0) {
                        scheduler.await(this, () -> false, thinkNanos);
                    }
                    log.durable(log.append(record.begin(RecordKind.SPACE, 1, 0, 0, false)));
                }
                end.set(scheduler.monotonicNanos());
            });
            return end;
        }

        /** Lets them run; how long that took. */
        long run() {
            long start = scheduler.monotonicNanos();
            scheduler.runSessions();
            return scheduler.monotonicNanos() - start;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16, 64})
    void whoIsAtItCommitsWithEverySync(int sessions) {
        Subject subject = new Subject(random(), 5 * MILLI);
        for (int i = 0; i < sessions; i++) {
            subject.session(0);
        }
        long took = subject.run();
        assertThat(subject.syncs()).isBetween(COMMITS, COMMITS + 5);
        // But for when they began, the log waited for nothing but the disk.
        assertThat(took).isBetween(subject.syncs() * 5 * MILLI, subject.syncs() * 5 * MILLI + 2 * MILLI);
    }

    /** A tenth of a sync is what it costs at most. */
    @Test
    void whoStaysAwayIsHardlyWaitedFor() {
        Subject subject = new Subject(random(), 5 * MILLI);
        long start = subject.scheduler.monotonicNanos();
        List<AtomicLong> busy =
                Stream.generate(() -> subject.session(0)).limit(4).toList();
        subject.session(17 * MILLI);
        subject.session(31 * MILLI);
        subject.run();
        assertThat(busy)
                .allSatisfy(
                        end -> assertThat(end.get() - start).isLessThanOrEqualTo((COMMITS + 5) * 5 * MILLI * 11 / 10));
    }

    @Test
    void onADiskThatSyncsAtOnceNobodyIsWaitedFor() {
        Subject subject = new Subject(random(), MILLI / 5);
        subject.session(0);
        subject.session(0);
        long took = subject.run();
        assertThat(subject.syncs()).isGreaterThanOrEqualTo(COMMITS * 3 / 2);
        assertThat(took).isEqualTo(subject.syncs() * MILLI / 5);
    }
}
