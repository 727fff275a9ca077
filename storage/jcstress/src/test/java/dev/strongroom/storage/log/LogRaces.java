package dev.strongroom.storage.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.strongroom.common.time.SecureRandomness;
import dev.strongroom.common.time.SystemClock;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.storage.file.StopSwitch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The log's two buffers, lead and sleepers: what is said to be durable has been synced, whole and in its place. */
final class LogRaces {
    private static final long PATIENCE_NANOS = 10_000_000_000L;

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

    private static final ThreadScheduler SCHEDULER = new ThreadScheduler((role, failure) -> {
        throw new AssertionError(role, failure);
    });
    private static final CheckedFiles FILES = new CheckedFiles();
    private static final LocalLogStream LOG = LocalLogStream.create(new LocalLogStream.Environment(
            FILES,
            new byte[16],
            PLAIN,
            new SecureRandomness(),
            SCHEDULER,
            new SystemClock(),
            new StopSwitch(failure -> {
                throw failure;
            }),
            4 << 20));

    private LogRaces() {}

    /** A session with a record of its own. */
    static final class Session {
        private final RecordWriter record = new RecordWriter();
        private final AtomicInteger told = new AtomicInteger();
        private volatile boolean early;

        /** Appends a record that says where it belongs by being the same all over. */
        private long append() {
            long stamp = ThreadLocalRandom.current().nextLong();
            record.begin(RecordKind.SPACE, 1, 0, 0, false);
            for (int i = ThreadLocalRandom.current().nextInt(1, 40); i > 0; i--) {
                record.putLong(stamp);
            }
            return LOG.append(record);
        }

        private static int isSynced(long lsn) {
            return LOG.durableLsn() >= lsn && FILES.syncedLsn() >= lsn && FILES.isWhole() ? 1 : 0;
        }

        int waits() {
            long lsn = append();
            LOG.durable(lsn);
            return isSynced(lsn);
        }

        int tries() {
            long lsn = append();
            return LOG.tryDurable(lsn) ? isSynced(lsn) : -1;
        }

        void asks() {
            long lsn = append();
            LOG.whenDurable(lsn, failure -> {
                early |= failure != null || isSynced(lsn) == 0;
                told.incrementAndGet();
                SCHEDULER.signal(this);
            });
        }

        int wasTold() {
            SCHEDULER.await(this, () -> told.get() > 0, PATIENCE_NANOS);
            return early ? -1 : told.get();
        }
    }

    /** Takes three processors. */
    @JCStressTest
    @State
    @Outcome(
            id = {"1, 1, 1", "1, -1, 1"},
            expect = ACCEPTABLE,
            desc = "durable when said so; who only tries may be told no")
    @Outcome(expect = FORBIDDEN, desc = "not durable, torn, told twice or never")
    public static class WaitTryAsk {
        final Session waiting = new Session();
        final Session trying = new Session();
        final Session asking = new Session();

        @Actor
        public void waits(III_Result result) {
            result.r1 = waiting.waits();
        }

        @Actor
        public void tries(III_Result result) {
            result.r2 = trying.tries();
        }

        @Actor
        public void asks() {
            asking.asks();
        }

        @Arbiter
        public void after(III_Result result) {
            result.r3 = asking.wasTold();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "durable when said so")
    @Outcome(expect = FORBIDDEN, desc = "not durable, or torn")
    public static class TwoWait {
        final Session first = new Session();
        final Session second = new Session();

        @Actor
        public void first(II_Result result) {
            result.r1 = first.waits();
        }

        @Actor
        public void second(II_Result result) {
            result.r2 = second.waits();
        }
    }

    @JCStressTest
    @State
    @Outcome(
            id = {"1, 1", "-1, 1"},
            expect = ACCEPTABLE,
            desc = "durable when said so; who only tries may be told no")
    @Outcome(expect = FORBIDDEN, desc = "not durable, torn, told twice or never")
    public static class TryAndAsk {
        final Session trying = new Session();
        final Session asking = new Session();

        @Actor
        public void tries(II_Result result) {
            result.r1 = trying.tries();
        }

        @Actor
        public void asks() {
            asking.asks();
        }

        @Arbiter
        public void after(II_Result result) {
            result.r2 = asking.wasTold();
        }
    }
}
