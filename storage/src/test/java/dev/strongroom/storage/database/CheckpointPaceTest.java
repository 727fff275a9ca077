package dev.strongroom.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.storage.page.PageBatch;
import dev.strongroom.storage.recovery.Checkpointer;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checkpoints in the background write a batch at a time and leave the disk to others in between; time is the simulation's. */
class CheckpointPaceTest extends SeededTest {
    private static final long JOURNAL_MAGIC = 0x53524A4F55524E32L;
    private static final int JOURNAL_PAGES = 32;
    private static final int DIRTY = 500;
    private static final long DUE_NANOS = 5_000_000_000L;
    private static final long PAUSE_NANOS = 2_000_000;
    private static final long SOON_NANOS = DUE_NANOS / 5;

    private record Batch(long nanos, int pages) {}

    /** A database that has nothing to write, and a look at what it writes from now on. */
    private static final class Subject {
        final TestMachine machine;
        final StoredDatabase<CellContent> database;
        final List<Batch> batches = new ArrayList<>();
        /** When the boot record was written, which is when a checkpoint counts. */
        final List<Long> boots = new ArrayList<>();

        Subject(SeededRandomness random, long logBytes) {
            machine = new TestMachine(random, 24 << 20);
            StorageEnvironment given = machine.environment(machine.disk.files());
            StorageEnvironment environment = new StorageEnvironment(
                    given.files(),
                    given.scheduler(),
                    given.clock(),
                    given.randomness(),
                    given.instanceKey(),
                    given.encryptors(),
                    new StorageSettings(machine.poolBytes, 1 << 20, new Checkpointer.Settings(logBytes, DUE_NANOS), 1),
                    given.onStop());
            database = new Storage<>(environment, CellContent::new).create(TestMachine.DATABASE, null);
            // The last checkpoint was a moment ago: the next is due only when all that is changed now has been.
            rest(2 * DUE_NANOS);
            change(1);
            rest(SOON_NANOS);
            assertThat(dirty()).isZero();
            machine.disk.listen((path, position, bytes) -> {
                ByteBuffer in = ByteBuffer.wrap(bytes);
                if (path.endsWith("/journal") && in.getLong(0) == JOURNAL_MAGIC && in.getInt(JOURNAL_PAGES) > 0) {
                    batches.add(new Batch(now(), in.getInt(JOURNAL_PAGES)));
                } else if (path.contains("/boot")) {
                    boots.add(now());
                }
            });
        }

        long now() {
            return machine.scheduler.monotonicNanos();
        }

        /** Time passes; who works in the background does so. */
        void rest(long nanos) {
            machine.scheduler.await(this, () -> false, nanos);
        }

        void change(int pages) {
            for (int i = 0; i < pages; i++) {
                database.content().addPage(i);
            }
        }

        int written() {
            return batches.stream().mapToInt(Batch::pages).sum();
        }

        long redoPoint() {
            return database.boot().current().redoLsn();
        }

        int dirty() {
            return database.pages().flusher().dirtyPages();
        }
    }

    private static void assertPaced(List<Batch> batches) {
        for (int i = 1; i < batches.size(); i++) {
            assertThat(batches.get(i).nanos - batches.get(i - 1).nanos).isGreaterThanOrEqualTo(PAUSE_NANOS);
        }
    }

    @Test
    void aLongOneIsSpreadOverTimeAndCountsAtItsEnd() {
        Subject subject = new Subject(random(), Long.MAX_VALUE);
        subject.change(DIRTY);
        assertThat(subject.batches).isEmpty();
        subject.rest(DUE_NANOS);
        List<Batch> batches = subject.batches;
        assertThat(batches)
                .hasSizeGreaterThanOrEqualTo(DIRTY / PageBatch.CAPACITY)
                .allMatch(batch -> batch.pages <= PageBatch.CAPACITY);
        assertThat(subject.written()).isGreaterThanOrEqualTo(DIRTY);
        assertPaced(batches);
        assertThat(subject.boots)
                .singleElement()
                .matches(at -> at >= batches.getLast().nanos + PAUSE_NANOS, "after the last batch");
    }

    @Test
    void whatIsChangedMeanwhileIsLeftToTheNext() {
        Subject subject = new Subject(random(), Long.MAX_VALUE);
        subject.change(DIRTY);
        subject.machine.scheduler.await(this, () -> subject.batches.size() == 2, DUE_NANOS);
        assertThat(subject.batches).hasSize(2);
        subject.change(50);
        subject.rest(SOON_NANOS);
        assertThat(subject.boots).hasSize(1);
        assertThat(subject.dirty()).isBetween(50, 60);
        subject.rest(2 * DUE_NANOS);
        assertThat(subject.dirty()).isZero();
        assertThat(subject.boots).hasSize(2);
    }

    @Test
    void muchLogCallsForOneBeforeItsTime() {
        Subject subject = new Subject(random(), 20_000);
        long start = subject.now();
        subject.change(DIRTY);
        subject.rest(SOON_NANOS);
        assertThat(subject.boots).isNotEmpty();
        assertThat(subject.dirty()).isLessThan(DIRTY / 2);
        assertThat(subject.batches.getFirst().nanos - start).isLessThan(DUE_NANOS / 10);
    }

    @Test
    void oneThatSomebodyWaitsForTakesNoBreaks() {
        Subject subject = new Subject(random(), Long.MAX_VALUE);
        subject.change(DIRTY);
        long asked = subject.now();
        subject.database.checkpoint();
        assertThat(subject.now()).isEqualTo(asked);
        assertThat(subject.written()).isGreaterThanOrEqualTo(DIRTY);
        subject.rest(2 * DUE_NANOS);
        assertThat(subject.boots).hasSize(1);
    }

    /**
     * Log was given up for the checkpoint that was asked for; the one under way must not take the redo point back behind it
     * (found by the simulation).
     */
    @Test
    void oneThatIsOvertakenDoesNotTakeTheRedoPointBack() {
        Subject subject = new Subject(random(), Long.MAX_VALUE);
        subject.change(DIRTY);
        subject.machine.scheduler.await(this, () -> subject.batches.size() == 2, DUE_NANOS);
        assertThat(subject.boots).isEmpty();
        subject.change(50);
        subject.database.checkpoint();
        long asked = subject.redoPoint();
        subject.rest(DUE_NANOS / 2);
        assertThat(subject.redoPoint()).isGreaterThanOrEqualTo(asked);
        assertThat(subject.boots).hasSize(1);
    }

    @Test
    void littleIsWrittenOnceTimeHasPassedAndNothingNever() {
        Subject subject = new Subject(random(), Long.MAX_VALUE);
        subject.change(3);
        subject.rest(DUE_NANOS / 2);
        assertThat(subject.batches).isEmpty();
        subject.rest(DUE_NANOS);
        assertThat(subject.batches).hasSize(1);
        assertThat(subject.boots).hasSize(1);
        subject.rest(10 * DUE_NANOS);
        assertThat(subject.boots).hasSize(1);
    }
}
