package dev.strongroom.storage.log;

import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Scheduler;
import java.util.concurrent.atomic.AtomicLong;

/**
 * When the log is synced. Whoever leads a step right after another finds those at work again whom the last sync released: going
 * ahead without them would leave two groups that wait for each other's sync, each commit for nearly two. So the leader waits for
 * them, for a part of the time a sync takes, and only while they keep coming. Where that brings in less than two groups would,
 * because the processors are the bound or the others stay away, it waits more rarely. It never waits alone, nor for a disk that
 * syncs in less time than threads take to wake. PostgreSQL leaves the same to {@code commit_delay} and {@code commit_siblings}.
 * In a simulation whose disk takes no time there is nothing to wait for.
 */
final class Gathering {
    private static final long WORTH_NANOS = 500_000;
    /** How fast the time of a sync is believed to rise. */
    private static final int STEADINESS = 8;

    private static final int MAX_SKIPS = 15;

    private final Scheduler scheduler;
    private final Clock clock;
    /** How often somebody came to have the log made durable. */
    private final AtomicLong came = new AtomicLong();
    /** The leader waits for so many. */
    private volatile long wanted = Long.MAX_VALUE;

    // Of who has the lead.
    private long cameBeforeLast;
    private long cameBefore;
    private long expected;
    /** What a sync takes: quick to fall, because what is measured is at least what the disk took. */
    private long syncNanos;

    private long syncEnd;
    /** Waits to be left out, now and after the last that did not pay. */
    private int skips;

    private int skipped;

    Gathering(Scheduler scheduler, Clock clock) {
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /** Somebody waits for the log to be durable, or leads. */
    void comes() {
        if (came.incrementAndGet() == wanted) {
            scheduler.signal(this);
        }
    }

    /** Waits for others, if they are likely to come. Of who leads, before taking what has gathered. */
    void await() {
        long goal = expected;
        if (syncNanos < WORTH_NANOS || came.get() == cameBefore || came.get() >= goal) {
            return;
        }
        long start = clock.monotonicNanos();
        long until = syncEnd + syncNanos * 3 / 4;
        if (start >= until || --skips >= 0) {
            return;
        }
        wanted = goal;
        try {
            for (long now = start; now < until; now = clock.monotonicNanos()) {
                long seen = came.get();
                long patience = Math.min(until - now, syncNanos / 8);
                if (scheduler.await(this, () -> came.get() >= goal, patience) || came.get() == seen) {
                    break;
                }
            }
        } finally {
            wanted = Long.MAX_VALUE;
        }
        judge(goal - cameBefore, came.get() - cameBefore, clock.monotonicNanos() - syncEnd);
    }

    /** Compares what the wait brought with one of two groups that does not wait. */
    private void judge(long all, long found, long waited) {
        boolean paid = 2 * found * syncNanos >= all * (syncNanos + waited);
        skipped = paid ? 0 : Math.min(2 * skipped + 1, MAX_SKIPS);
        skips = skipped;
    }

    /** Who came so far is in the step that is being taken. */
    void taken() {
        cameBeforeLast = cameBefore;
        cameBefore = came.get();
    }

    /** Syncs for those, and expects them back, beside who has come meanwhile. */
    void sync(SegmentWriter segment) {
        long start = clock.monotonicNanos();
        segment.sync();
        syncEnd = clock.monotonicNanos();
        long taken = syncEnd - start;
        syncNanos = taken < syncNanos ? taken : syncNanos + (taken - syncNanos) / STEADINESS;
        expected = cameBefore + came.get() - cameBeforeLast;
    }
}
