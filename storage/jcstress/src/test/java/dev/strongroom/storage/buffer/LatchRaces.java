package dev.strongroom.storage.buffer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.strongroom.common.time.ThreadScheduler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two numbers that only a frame's latch keeps alike (storage-design, section 11, point 9). */
final class LatchRaces {
    private static final ThreadScheduler SCHEDULER = new ThreadScheduler((role, failure) -> {
        throw new AssertionError(role, failure);
    });

    private LatchRaces() {}

    /** Memory of the heap's, for a table that lives as long as one try. */
    private static final class HeapArena implements Arena {
        @Override
        public MemorySegment allocate(long byteSize, long byteAlignment) {
            return MemorySegment.ofArray(new long[(int) (byteSize / Long.BYTES)]);
        }

        @Override
        public MemorySegment.Scope scope() {
            return Arena.global().scope();
        }

        @Override
        public void close() {}
    }

    /** One frame, whose content is two numbers. */
    static class Frame {
        final FrameTable latches = new FrameTable(new HeapArena(), 1, SCHEDULER);
        int left;
        int right;

        void raise() {
            left++;
            right++;
        }

        boolean raiseExclusive() {
            latches.lockExclusive(0);
            raise();
            latches.unlockExclusive(0);
            return true;
        }

        boolean raiseIfFree() {
            if (!latches.tryLockExclusive(0)) {
                return false;
            }
            raise();
            latches.unlockExclusive(0);
            return true;
        }

        boolean raiseIfUnchanged() {
            long version = latches.version(0);
            int seen = left;
            if (version < 0 || !latches.upgradeExclusive(0, version)) {
                return false;
            }
            left = seen + 1;
            right++;
            latches.unlockExclusive(0);
            return true;
        }

        void readOptimistic(II_Result result) {
            long version = latches.version(0);
            int first = left;
            int second = right;
            boolean valid = version >= 0 && latches.validate(0, version);
            result.r1 = valid ? first : -1;
            result.r2 = valid ? second : -1;
        }

        void readShared(II_Result result) {
            latches.lockShared(0);
            result.r1 = left;
            result.r2 = right;
            latches.unlockShared(0);
        }
    }

    @JCStressTest
    @State
    @Outcome(
            id = {"0, 0", "1, 1", "-1, -1"},
            expect = ACCEPTABLE,
            desc = "before, after, or told to try again")
    @Outcome(expect = FORBIDDEN, desc = "torn")
    public static class OptimisticReader extends Frame {
        @Actor
        public void writer() {
            raiseExclusive();
        }

        @Actor
        public void reader(II_Result result) {
            readOptimistic(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(
            id = {"0, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "before or after")
    @Outcome(expect = FORBIDDEN, desc = "torn")
    public static class SharedReader extends Frame {
        @Actor
        public void writer() {
            raiseExclusive();
        }

        @Actor
        public void reader(II_Result result) {
            readShared(result);
        }
    }

    /** Takes three processors. */
    @JCStressTest
    @State
    @Outcome(
            id = {"0, 0", "1, 1", "2, 2", "-1, -1"},
            expect = ACCEPTABLE,
            desc = "before, between, after, or told to try again")
    @Outcome(expect = FORBIDDEN, desc = "torn")
    public static class TwoWritersAndAReader extends Frame {
        @Actor
        public void first() {
            raiseExclusive();
        }

        @Actor
        public void second() {
            raiseExclusive();
        }

        @Actor
        public void reader(II_Result result) {
            readOptimistic(result);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "an update is lost")
    public static class TwoWriters extends Frame {
        @Actor
        public void first() {
            raiseExclusive();
        }

        @Actor
        public void second() {
            raiseExclusive();
        }

        @Arbiter
        public void after(I_Result result) {
            result.r1 = left == right ? left : -1;
        }
    }

    @JCStressTest
    @State
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1", "1, 1, 2"},
            expect = ACCEPTABLE,
            desc = "as many as got through")
    @Outcome(expect = FORBIDDEN, desc = "lost, or nobody got through")
    public static class Upgrades extends Frame {
        @Actor
        public void first(III_Result result) {
            result.r1 = raiseIfUnchanged() ? 1 : 0;
        }

        @Actor
        public void second(III_Result result) {
            result.r2 = raiseIfUnchanged() ? 1 : 0;
        }

        @Arbiter
        public void after(III_Result result) {
            result.r3 = left == right ? left : -1;
        }
    }

    @JCStressTest
    @State
    @Outcome(
            id = {"1, 1, 2", "0, 1, 1"},
            expect = ACCEPTABLE,
            desc = "as many as got through")
    @Outcome(expect = FORBIDDEN, desc = "lost, or nobody got through")
    public static class UpgradeAndWriter extends Frame {
        @Actor
        public void upgrade(III_Result result) {
            result.r1 = raiseIfUnchanged() ? 1 : 0;
        }

        @Actor
        public void writer(III_Result result) {
            result.r2 = raiseExclusive() ? 1 : 0;
        }

        @Arbiter
        public void after(III_Result result) {
            result.r3 = left == right ? left : -1;
        }
    }

    @JCStressTest
    @State
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1", "1, 1, 2"},
            expect = ACCEPTABLE,
            desc = "as many as got through")
    @Outcome(expect = FORBIDDEN, desc = "lost, or nobody got through")
    public static class Tries extends Frame {
        @Actor
        public void first(III_Result result) {
            result.r1 = raiseIfFree() ? 1 : 0;
        }

        @Actor
        public void second(III_Result result) {
            result.r2 = raiseIfFree() ? 1 : 0;
        }

        @Arbiter
        public void after(III_Result result) {
            result.r3 = left == right ? left : -1;
        }
    }
}
