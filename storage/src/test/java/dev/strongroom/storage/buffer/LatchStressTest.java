package dev.strongroom.storage.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.page.PageBatch;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.page.PageManifest;
import dev.strongroom.storage.page.PageStore;
import dev.strongroom.storage.tree.MemoryStorage;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Latches and the translation array under real threads (storage-design, section 11, point 9). Each test lets threads race for
 * little, and looks for what a lost update, a torn read or a frame given to two pages would leave behind.
 */
class LatchStressTest extends SeededTest {
    private static final int THREADS = 4;
    private static final int TURNS = 12_000;
    private static final int FRAMES = 2;

    private final ThreadScheduler scheduler = new ThreadScheduler((role, failure) -> {
        throw new AssertionError(role, failure);
    });

    /** One turn of one thread; returns how often it changed something. */
    private interface Turn {
        int take(SeededRandomness random);
    }

    /** Lets all threads begin at once; returns what they changed in all. */
    private long race(int turns, Turn turn) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<FutureTask<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SeededRandomness random = random().split();
            FutureTask<Long> task = new FutureTask<>(() -> {
                start.await();
                long changes = 0;
                for (int at = 0; at < turns; at++) {
                    changes += turn.take(random);
                }
                return changes;
            });
            tasks.add(task);
            Thread.ofPlatform().start(task);
        }
        long changes = 0;
        for (FutureTask<Long> task : tasks) {
            changes += task.get();
        }
        return changes;
    }

    /** Two numbers for each frame that are the same whenever nobody is about to change them; nothing else keeps them so. */
    private static final class Pairs {
        private final FrameTable latches;
        private final MemorySegment memory = Arena.ofAuto().allocate(FRAMES * 16L, 8);

        Pairs(FrameTable latches) {
            this.latches = latches;
        }

        long left(int frame) {
            return memory.get(ValueLayout.JAVA_LONG, frame * 16L);
        }

        long right(int frame) {
            return memory.get(ValueLayout.JAVA_LONG, frame * 16L + 8);
        }

        private void raise(int frame) {
            memory.set(ValueLayout.JAVA_LONG, frame * 16L, left(frame) + 1);
            memory.set(ValueLayout.JAVA_LONG, frame * 16L + 8, right(frame) + 1);
        }

        int exclusive(int frame) {
            latches.lockExclusive(frame);
            raise(frame);
            latches.unlockExclusive(frame);
            return 1;
        }

        int tryExclusive(int frame) {
            if (!latches.tryLockExclusive(frame)) {
                return 0;
            }
            raise(frame);
            latches.unlockExclusive(frame);
            return 1;
        }

        int shared(int frame) {
            latches.lockShared(frame);
            assertThat(left(frame)).isEqualTo(right(frame));
            latches.unlockShared(frame);
            return 0;
        }

        int optimistic(int frame) {
            long version = latches.version(frame);
            long left = left(frame);
            long right = right(frame);
            if (version >= 0 && latches.validate(frame, version)) {
                assertThat(left).isEqualTo(right);
            }
            return 0;
        }

        /** What was read optimistically is still true once the latch is had. */
        int upgrade(int frame, boolean exclusive) {
            long version = latches.version(frame);
            long seen = left(frame);
            if (version < 0) {
                return 0;
            }
            if (exclusive && latches.upgradeExclusive(frame, version)) {
                assertThat(left(frame)).isEqualTo(seen);
                raise(frame);
                latches.unlockExclusive(frame);
                return 1;
            }
            if (!exclusive && latches.upgradeShared(frame, version)) {
                assertThat(right(frame)).isEqualTo(seen);
                latches.unlockShared(frame);
            }
            return 0;
        }
    }

    @Test
    void latchesExcludeAndOptimisticReadersNoticeEveryChange() throws Exception {
        FrameTable latches = new FrameTable(Arena.ofAuto(), FRAMES, scheduler);
        Pairs pairs = new Pairs(latches);
        long changes = race(TURNS, random -> {
            int frame = random.below(FRAMES);
            return switch (random.below(8)) {
                case 0 -> pairs.exclusive(frame);
                case 1 -> pairs.tryExclusive(frame);
                case 2 -> pairs.upgrade(frame, true);
                case 3 -> pairs.upgrade(frame, false);
                case 4, 5 -> pairs.shared(frame);
                default -> pairs.optimistic(frame);
            };
        });
        long found = 0;
        for (int frame = 0; frame < FRAMES; frame++) {
            assertThat(pairs.left(frame)).isEqualTo(pairs.right(frame));
            assertThat(latches.isLatched(frame)).isFalse();
            found += pairs.left(frame);
        }
        assertThat(found).isEqualTo(changes);
    }

    /** Pages of a database so large that nobody could write them all: those never written are zero. */
    private static final class SparseStore implements PageStore {
        private final Map<Long, byte[]> images = new HashMap<>();

        @Override
        public synchronized void read(long page, byte[] into) {
            System.arraycopy(images.getOrDefault(page, new byte[PageLayout.PAGE_SIZE]), 0, into, 0, into.length);
        }

        @Override
        public synchronized void write(PageBatch batch) {
            for (int i = 0; i < batch.size(); i++) {
                images.put(batch.page(i), batch.image(i).clone());
            }
        }

        @Override
        public long pageCount() {
            return Long.MAX_VALUE;
        }

        @Override
        public PageManifest manifest() {
            return PageManifest.EMPTY;
        }

        @Override
        public void grow(long pageCount) {
            throw new UnsupportedOperationException();
        }
    }

    /** Few frames, more pages than fit, in several chunks of the translation that come up while others read it. */
    @Test
    void everyPageIsInOneFrameAtMost() throws Exception {
        int chunks = 5;
        int pagesOfChunk = 30;
        BufferPool pool = new BufferPool(BufferPool.MIN_FRAMES * 8192L, scheduler);
        PageAccess pages = pool.attach(new SparseStore(), new MemoryStorage(1), new StopSwitch(failure -> {
            throw failure;
        }));
        AtomicLong lsn = new AtomicLong(1);
        long body = PageLayout.BODY_SIZE / 2;
        long changes = race(TURNS / 3, random -> {
            long page = ((long) random.below(chunks) << 16) + random.below(pagesOfChunk);
            switch (random.below(3)) {
                case 0 -> {
                    int frame = pages.fixExclusive(page);
                    long at = pages.offset(frame) + body;
                    pages.memory().set(ValueLayout.JAVA_LONG, at, page);
                    pages.memory()
                            .set(ValueLayout.JAVA_LONG, at + 8, pages.memory().get(ValueLayout.JAVA_LONG, at + 8) + 1);
                    pages.logged(frame, lsn.incrementAndGet());
                    pages.unfixExclusive(frame);
                    return 1;
                }
                case 1 -> {
                    int frame = pages.fixShared(page);
                    assertThat(pages.memory().get(ValueLayout.JAVA_LONG, pages.offset(frame) + body))
                            .isIn(0L, page);
                    pages.unfixShared(frame);
                }
                default -> {
                    int frame = pages.frameOf(page);
                    long version = pages.optimisticVersion(frame, page);
                    long found = pages.memory().get(ValueLayout.JAVA_LONG, pages.offset(frame) + body);
                    if (version >= 0 && pages.validate(frame, version)) {
                        assertThat(found).isIn(0L, page);
                    }
                }
            }
            return 0;
        });
        long found = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
            for (int at = 0; at < pagesOfChunk; at++) {
                int frame = pages.fixShared(((long) chunk << 16) + at);
                found += pages.memory().get(ValueLayout.JAVA_LONG, pages.offset(frame) + body + 8);
                pages.unfixShared(frame);
            }
        }
        assertThat(found).isEqualTo(changes);
        assertThat(pool.latchedFrames()).isZero();
    }
}
