package dev.strongroom.storage.buffer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.storage.page.PageBatch;
import dev.strongroom.storage.page.PageLayout;
import dev.strongroom.storage.page.PageManifest;
import dev.strongroom.storage.page.PageStore;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Few frames and more pages, in several chunks of the translation: a page that is found is the one that was wanted. */
final class TranslationRaces {
    private static final int CHUNKS = 4;
    private static final int PAGES_OF_CHUNK = 40;
    private static final int AT = PageLayout.BODY_SIZE / 2;
    private static final PageAccess PAGES = new BufferPool(
                    (long) BufferPool.MIN_FRAMES * PageLayout.PAGE_SIZE, new ThreadScheduler((role, failure) -> {
                        throw new AssertionError(role, failure);
                    }))
            .attach(new NumberedPages(), new NoLog(), new StopSwitch(failure -> {
                throw failure;
            }));

    private TranslationRaces() {}

    /** Each page has its number in it. */
    private static final class NumberedPages implements PageStore {
        @Override
        public void read(long page, byte[] into) {
            ByteBuffer.wrap(into).order(ByteOrder.nativeOrder()).putLong(AT, page);
        }

        @Override
        public void write(PageBatch batch) {
            throw new UnsupportedOperationException();
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

    /** Nothing is changed, so nothing is logged. */
    private static final class NoLog implements LogStream {
        @Override
        public long append(RecordWriter record) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void durable(long lsn) {}

        @Override
        public boolean tryDurable(long lsn) {
            return true;
        }

        @Override
        public void whenDurable(long lsn, Consumer<@Nullable DatabaseException> told) {
            told.accept(null);
        }

        @Override
        public long durableLsn() {
            return 1;
        }

        @Override
        public long endLsn() {
            return 1;
        }
    }

    static long anyPage() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return ((long) random.nextInt(CHUNKS) << 16) + random.nextInt(PAGES_OF_CHUNK);
    }

    static boolean is(int frame, long page) {
        return PAGES.memory().get(ValueLayout.JAVA_LONG, PAGES.offset(frame) + AT) == page;
    }

    static int shared(long page) {
        int frame = PAGES.fixShared(page);
        boolean right = is(frame, page);
        PAGES.unfixShared(frame);
        return right ? 1 : 0;
    }

    static int optimistic(long page) {
        int frame = PAGES.frameOf(page);
        long version = PAGES.optimisticVersion(frame, page);
        boolean right = is(frame, page);
        if (version < 0 || !PAGES.validate(frame, version)) {
            return -1;
        }
        return right ? 1 : 0;
    }

    /** Two that want the same page while others push it out. */
    @JCStressTest
    @State
    @Outcome(
            id = {"1, 1", "1, -1"},
            expect = ACCEPTABLE,
            desc = "the page, or told to try again")
    @Outcome(expect = FORBIDDEN, desc = "another page")
    public static class SamePage {
        final long page = anyPage();

        @Actor
        public void shared(II_Result result) {
            result.r1 = TranslationRaces.shared(page);
        }

        @Actor
        public void optimistic(II_Result result) {
            result.r2 = TranslationRaces.optimistic(page);
        }
    }

    /** A page is read while another thread needs frames for others. */
    @JCStressTest
    @State
    @Outcome(
            id = {"1, 1", "-1, 1"},
            expect = ACCEPTABLE,
            desc = "the page, or told to try again")
    @Outcome(expect = FORBIDDEN, desc = "another page")
    public static class Replacement {
        final long page = anyPage();

        @Actor
        public void optimistic(II_Result result) {
            result.r1 = TranslationRaces.optimistic(page);
        }

        @Actor
        public void others(II_Result result) {
            int right = 1;
            for (int i = 0; i < 4; i++) {
                right &= TranslationRaces.shared(anyPage());
            }
            result.r2 = right;
        }
    }

    /** A page is latched by one and wanted by another while it may be pushed out. */
    @JCStressTest
    @State
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the page")
    @Outcome(expect = FORBIDDEN, desc = "another page")
    public static class ExclusiveAndShared {
        final long page = anyPage();

        @Actor
        public void exclusive(II_Result result) {
            int frame = PAGES.fixExclusive(page);
            result.r1 = is(frame, page) ? 1 : 0;
            PAGES.unfixExclusive(frame);
        }

        @Actor
        public void shared(II_Result result) {
            result.r2 = TranslationRaces.shared(page);
        }
    }
}
