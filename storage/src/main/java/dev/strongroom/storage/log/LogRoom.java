package dev.strongroom.storage.log;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.file.StopSwitch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the log has blocks on the disk before it needs them. Three kinds of bytes compete for what is allocated, the
 * rest of the open segment and the {@linkplain LogSpares spares}: what is appended and not yet written; what running
 * transactions are owed, the records that undo them; and what statements would like to add. Where the disk is full only the last
 * are refused, with 53100, so that every transaction can still roll back or commit, the database can still take checkpoints,
 * which give old log back, and a crash can still be recovered from. Should that not do, the log stands still and is tried again:
 * nothing is lost, and who waits for a commit goes on waiting. Thread-safe.
 */
final class LogRoom {
    private static final Logger LOG = LoggerFactory.getLogger(LogRoom.class);
    private static final long RETRY_NANOS = 1_000_000_000;
    private static final long STALLED_NANOS = 100_000_000;

    private final LogSpares spares;
    private final Scheduler scheduler;
    private final StopSwitch stop;
    /** Bytes of records that undo or end what runs. */
    private final LongAdder owed = new LongAdder();

    private final AtomicLong failures = new AtomicLong();
    private volatile @Nullable DatabaseException failure;
    /** Why the log stands still; null while it flows. */
    private volatile @Nullable DatabaseException stalled;

    private volatile long segmentRoom;
    private volatile long writtenLsn;
    private Scheduler.@Nullable Worker worker;

    LogRoom(LocalLogStream.Environment environment) {
        scheduler = environment.scheduler();
        stop = environment.stop();
        spares = new LogSpares(environment.files(), scheduler, environment.segmentSize());
    }

    void start() {
        worker = scheduler.start("log-room", this::step);
    }

    void close() {
        Scheduler.Worker running = worker;
        if (running != null) {
            running.close();
        }
    }

    LogSpares spares() {
        return spares;
    }

    /** Whether a failure is one that free space would mend. */
    static boolean isWantOfSpace(RuntimeException failure) {
        return failure instanceof DatabaseException problem && problem.code() == ErrorCode.DISK_FULL;
    }

    // ---- asked by those who append ----

    void owe(long bytes) {
        owed.add(bytes);
    }

    /** Whether more may be appended than must be. */
    boolean suffices(long endLsn) {
        long unit = spares.unit();
        long left = segmentRoom + spares.bytes() - (endLsn - writtenLsn) - owed.sum();
        if (left < unit / 4 * 3) {
            prepare();
        }
        return left >= unit / 2;
    }

    /** Waits for room; throws when there is none to be had. */
    void await(BooleanSupplier suffices) {
        long seen = failures.get();
        scheduler.await(
                this, () -> suffices.getAsBoolean() || failures.get() != seen || stop.isStopped(), Long.MAX_VALUE);
        stop.check();
        DatabaseException why = failure;
        if (why != null && !suffices.getAsBoolean()) {
            throw refused(why);
        }
    }

    /** Waits until the next segment's blocks are there beside what is owed; throws when they are not to be had. */
    void awaitSpare() {
        prepare();
        await(() -> spares.bytes() >= spareBytes());
    }

    private long spareBytes() {
        long promised = owed.sum();
        return promised + promised / 8 + spares.unit() - SegmentHeader.SIZE;
    }

    /** Fails if the log stands still for want of room. */
    void refuseIfStalled() {
        DatabaseException why = stalled;
        if (why != null) {
            throw refused(why);
        }
    }

    private static DatabaseException refused(DatabaseException why) {
        return ErrorReport.error(why.code(), "could not extend the log: " + why.getMessage())
                .withHint("Check free disk space. Rolling back, committing and reading still work.")
                .exception(why);
    }

    boolean isShort() {
        return failure != null;
    }

    boolean isStalled() {
        return stalled != null;
    }

    // ---- told by the log step ----

    /** The segment that is written has so much room, and so much is in it. */
    void written(SegmentWriter segment) {
        segmentRoom = segment.room();
        writtenLsn = segment.endLsn();
        scheduler.signal(this);
    }

    /** The log moves. */
    void flows() {
        if (stalled != null) {
            stalled = null;
            LOG.warn("the log finds room again");
        }
    }

    /** Something that was appended found no room. Returns when to try again. */
    long stalled(RuntimeException why) {
        DatabaseException full = (DatabaseException) why;
        if (stalled == null) {
            LOG.error("the log finds no room on the disk and stands still until there is some: {}", why.getMessage());
        }
        stalled = full;
        failed(full);
        return STALLED_NANOS;
    }

    /** An attempt to grow failed. */
    void failed(DatabaseException why) {
        if (failure == null) {
            LOG.warn("the log cannot grow, statements that change something are refused: {}", why.getMessage());
        }
        failure = why;
        failures.incrementAndGet();
        scheduler.signal(this);
    }

    /** Has more room made ready soon. */
    void prepare() {
        Scheduler.Worker running = worker;
        if (running != null) {
            running.wake();
        }
    }

    /** The background step: keeps enough spares for what is owed. */
    private long step() {
        if (stop.isStopped()) {
            scheduler.signal(this);
            return Long.MAX_VALUE;
        }
        try {
            boolean made = spares.prepare(spareBytes());
            if (failure != null) {
                LOG.info("the log can grow again");
                failure = null;
            }
            scheduler.signal(this);
            return made ? 0 : Long.MAX_VALUE;
        } catch (DatabaseException problem) {
            if (stop.isStopped()) {
                throw problem;
            }
            failed(problem);
            return RETRY_NANOS;
        }
    }
}
