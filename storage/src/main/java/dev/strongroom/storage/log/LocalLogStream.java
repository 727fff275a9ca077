package dev.strongroom.storage.log;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.file.StopSwitch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log on local segments. Appending copies the record into memory; one log step takes all that is there, seals it into
 * frames, writes them, syncs once, and wakes those who wait. While it syncs, and a little longer where that pays, the next batch
 * gathers (group commit, see {@link Gathering}). Steps are taken one at a time, by whoever has the lead: a session that waits and
 * finds nobody at it, which saves handing over to another thread and back, as long as a sync of the disk; or the log's own
 * thread, for what gathers while somebody leads and for those who only want to be told. A failed sync stops the database; a full
 * disk does not (see {@link LogRoom}). After a crash a new segment is started; the old tail is never continued. Thread-safe.
 */
public final class LocalLogStream implements LogStream, AutoCloseable {
    private static final int MAX_PENDING = 8 * 1024 * 1024;
    private static final int WAKE_PENDING = 256 * 1024;

    private final StorageFiles files;
    private final Environment environment;
    private final SegmentWriter.FrameBuffer frameBuffer = new SegmentWriter.FrameBuffer();
    private final Scheduler scheduler;
    private final StopSwitch stop;
    private final Object appending = new Object();
    private final List<LogSegmentInfo> closed = new ArrayList<>();

    /** Guarded by {@link #appending}, as is the next. */
    private byte[] gathering = new byte[64 * 1024];

    private int gathered;

    /** Of whom takes a step; what only the steps use is handed from one to the next by it. */
    private final AtomicBoolean lead = new AtomicBoolean();

    /** How many wait for room, whatever the LSN. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final DurableCallbacks callbacks = new DurableCallbacks();

    /** Those who sleep until their LSN is durable. Each is woken once, when it is, by whoever made it so. */
    private final DurableCallbacks sleepers = new DurableCallbacks();

    private volatile long endLsn;
    private volatile long durableLsn;
    private volatile long switchesWanted;
    private volatile long switchesDone;
    private SegmentWriter segment;
    private Scheduler.@Nullable Worker worker;

    // Of who has the lead: what has been taken and not yet written.
    private byte[] batch = new byte[64 * 1024];
    private int batchFrom;
    private int batchTo;

    private final LogRoom room;
    private final Gathering group;

    /** What a stream needs besides its own past. */
    public record Environment(
            StorageFiles files,
            byte[] databaseUuid,
            LogKeys keys,
            Randomness randomness,
            Scheduler scheduler,
            Clock clock,
            StopSwitch stop,
            long segmentSize) {}

    private LocalLogStream(Environment environment, SegmentWriter.Before before, List<LogSegmentInfo> past) {
        this.environment = environment;
        files = environment.files;
        scheduler = environment.scheduler;
        stop = environment.stop;
        closed.addAll(past);
        room = new LogRoom(environment);
        group = new Gathering(scheduler, environment.clock);
        segment = SegmentWriter.create(environment, before, room.spares().take(), frameBuffer);
        endLsn = before.endLsn();
        durableLsn = before.endLsn();
        room.written(segment);
    }

    /** Starts the log of a new database. */
    public static LocalLogStream create(Environment environment) {
        environment.files.createDirectory(LogReader.DIRECTORY);
        environment.files.syncDirectory("");
        SegmentWriter.Before nothing = new SegmentWriter.Before(1, 1, 0, new byte[16], 0, 0, new byte[16]);
        return new LocalLogStream(environment, nothing, List.of()).started();
    }

    /**
     * Goes on with a log after what a reader found, in a new segment.
     *
     * @param timeline of the database; a restore raises it
     */
    public static LocalLogStream resume(Environment environment, LogReader past, int timeline) {
        past.makeDurable();
        List<String> unusable = past.unusableFiles();
        // The newest first: what a crash leaves in between still has no gap.
        for (String name : unusable.reversed()) {
            environment.files.delete(name);
            environment.files.syncDirectory(LogReader.DIRECTORY);
        }
        SegmentHeader last = past.lastHeader();
        SegmentWriter.Before before = new SegmentWriter.Before(
                Math.max(timeline, last.timeline()),
                last.epoch() + 1,
                last.number(),
                last.segmentUuid(),
                past.endLsn(),
                past.lastFrames(),
                past.lastTag());
        return new LocalLogStream(environment, before, past.infos()).started();
    }

    private LocalLogStream started() {
        worker = scheduler.start("log", this::ownStep);
        room.start();
        return this;
    }

    @Override
    public long append(RecordWriter record) {
        int length = record.finish();
        while (true) {
            stop.check();
            long seen = durableLsn;
            synchronized (appending) {
                if (gathered + length <= MAX_PENDING) {
                    if (gathered + length > gathering.length) {
                        gathering = Arrays.copyOf(gathering, Math.max(gathering.length * 2, gathered + length));
                    }
                    System.arraycopy(record.bytes(), 0, gathering, gathered, length);
                    gathered += length;
                    long lsn = endLsn + length;
                    endLsn = lsn;
                    if (gathered < WAKE_PENDING) {
                        return lsn;
                    }
                    wake();
                    return lsn;
                }
            }
            NoWait held = NoWait.lift();
            waiting.incrementAndGet();
            try {
                awaitSteps(this, () -> durableLsn != seen);
            } finally {
                waiting.decrementAndGet();
                NoWait.restore(held);
            }
        }
    }

    private void wake() {
        Scheduler.Worker log = worker;
        if (log != null) {
            log.wake();
        }
    }

    @Override
    public void durable(long lsn) {
        if (durableLsn >= lsn) {
            return;
        }
        stop.check();
        NoWait.check();
        if (tryDurable(lsn)) {
            return;
        }
        group.comes();
        Object sleeper = new Object();
        sleepers.add(lsn, failure -> scheduler.signal(sleeper));
        awaitSteps(sleeper, () -> durableLsn >= lsn);
        if (durableLsn < lsn) {
            stop.check();
        }
    }

    /** Waits for what steps bring about: has them taken, by the log's own thread or by who comes. */
    private void awaitSteps(Object subject, BooleanSupplier reached) {
        if (!lead.get()) {
            wake();
        }
        scheduler.await(subject, () -> reached.getAsBoolean() || stop.isStopped(), Long.MAX_VALUE);
    }

    @Override
    public boolean tryDurable(long lsn) {
        if (durableLsn < lsn && !isStalled() && lead.compareAndSet(false, true)) {
            NoWait held = NoWait.lift();
            group.comes();
            try {
                step(held == null);
            } catch (VirtualMachineError noMemory) {
                // Nothing is lost: the log's own thread tries again.
                wake();
            } finally {
                NoWait.restore(held);
                lead.set(false);
                if (isWanted()) {
                    wake();
                }
            }
        }
        return durableLsn >= lsn;
    }

    /** Whether somebody waits for another step. */
    private boolean isWanted() {
        return sleepers.any() || waiting.get() > 0 || callbacks.any() || switchesWanted > switchesDone || isStalled();
    }

    @Override
    public void whenDurable(long lsn, Consumer<@Nullable DatabaseException> told) {
        if (durableLsn >= lsn) {
            told.accept(null);
            return;
        }
        stop.check();
        group.comes();
        callbacks.add(lsn, told);
        wake();
        // Looked at once more after adding: the log's thread may have gone by meanwhile.
        tellCallbacks();
    }

    private void tellCallbacks() {
        callbacks.reached(durableLsn);
        if (stop.isStopped()) {
            DatabaseException stopped = ErrorReport.fatal(ErrorCode.CRASH_SHUTDOWN, "the database has stopped")
                    .exception();
            callbacks.failed(stopped);
            sleepers.failed(stopped);
        }
    }

    @Override
    public long durableLsn() {
        return durableLsn;
    }

    @Override
    public long endLsn() {
        return endLsn;
    }

    /**
     * Closes the open segment and starts the next under the key of the day. On return every record appended before the call is
     * in an older segment.
     */
    public void switchSegment() {
        long wanted = wantSwitch();
        scheduler.await(this, () -> switchesDone >= wanted || stop.isStopped(), Long.MAX_VALUE);
        stop.check();
    }

    /**
     * As {@link #switchSegment}, for those who can do without.
     *
     * @throws DatabaseException 53100 where the disk has no room for another segment
     */
    public void switchSegmentIfRoom() {
        long wanted = wantSwitch();
        while (switchesDone < wanted) {
            scheduler.await(this, () -> switchesDone >= wanted || room.isStalled() || stop.isStopped(), Long.MAX_VALUE);
            stop.check();
            if (switchesDone < wanted) {
                room.refuseIfStalled();
            }
        }
    }

    /**
     * Sees to it that a {@link #switchSegment} will find room: for those who cannot go back once they are at it.
     *
     * @throws DatabaseException 53100 where the disk has no room for another segment
     */
    public void requireRoomToSwitch() {
        room.awaitSpare();
    }

    private long wantSwitch() {
        long wanted;
        synchronized (appending) {
            wanted = ++switchesWanted;
        }
        wake();
        return wanted;
    }

    /** The step of the log's own thread. If somebody else leads, that one wakes it again should there be more to do. */
    private long ownStep() {
        if (stop.isStopped()) {
            scheduler.signal(this);
            tellCallbacks();
            return Long.MAX_VALUE;
        }
        // Before another step, which may take long.
        callbacks.reached(durableLsn);
        long delay = Long.MAX_VALUE;
        if (lead.compareAndSet(false, true)) {
            try {
                delay = step(true);
            } finally {
                lead.set(false);
            }
            if (delay == Long.MAX_VALUE && hasMore()) {
                // It came while a segment was switched; who brought it saw that somebody led, and woke nobody.
                delay = 0;
            }
        }
        tellCallbacks();
        return delay == 0 && !isWanted() ? Long.MAX_VALUE : delay;
    }

    /** Whether a step would do something. */
    private boolean hasMore() {
        synchronized (appending) {
            return gathered > 0 || switchesWanted > switchesDone;
        }
    }

    /** Takes what has gathered and makes it durable. Of who has the lead, and whether that one may wait for more. */
    private long step(boolean mayWait) {
        if (mayWait && batchFrom == batchTo && waiting.get() == 0 && switchesWanted == switchesDone) {
            group.await();
        }
        long switches;
        synchronized (appending) {
            switches = switchesWanted;
            if (batchFrom == batchTo) {
                takeGathered();
            }
        }
        boolean any = batchFrom < batchTo;
        try {
            write();
            if (switches > switchesDone) {
                nextSegment();
                switchesDone = switches;
                scheduler.signal(this);
            }
            room.flows();
        } catch (RuntimeException failure) {
            if (LogRoom.isWantOfSpace(failure) && !stop.isStopped()) {
                // Nothing is lost: it is tried again. Who waits for it to be durable goes on waiting.
                long again = room.stalled(failure);
                scheduler.signal(this);
                return again;
            }
            stop.stop(failure);
            scheduler.signal(this);
            wake();
            return Long.MAX_VALUE;
        }
        return any ? 0 : Long.MAX_VALUE;
    }

    private void takeGathered() {
        byte[] done = batch;
        batch = gathering;
        batchFrom = 0;
        batchTo = gathered;
        gathering = done;
        gathered = 0;
        group.taken();
    }

    private void write() {
        boolean any = batchFrom < batchTo;
        while (batchFrom < batchTo) {
            int limit = segment.preferredPayload();
            int to = batchFrom;
            while (to < batchTo && (to == batchFrom || to + LogRecord.lengthAt(batch, to) - batchFrom <= limit)) {
                to += LogRecord.lengthAt(batch, to);
            }
            writeFrame(to - batchFrom);
            batchFrom = to;
        }
        if (any) {
            group.sync(segment);
            durable();
        }
    }

    private void writeFrame(int length) {
        if (!segment.hasRoom(length)) {
            nextSegment();
        }
        try {
            segment.write(batch, batchFrom, length);
        } catch (DatabaseException failure) {
            if (!LogRoom.isWantOfSpace(failure)) {
                throw failure;
            }
            // The segment ends here; a spare has its blocks already.
            room.failed(failure);
            nextSegment();
            segment.write(batch, batchFrom, length);
        }
        room.written(segment);
    }

    /** All that is written is durable. */
    private void durable() {
        durableLsn = segment.endLsn();
        scheduler.signal(this);
        sleepers.reached(durableLsn);
    }

    private void nextSegment() {
        SegmentWriter old = segment;
        old.sync();
        durable();
        segment =
                SegmentWriter.create(environment, old.asBefore(), room.spares().take(), frameBuffer);
        synchronized (closed) {
            closed.add(info(old, old.endLsn()));
        }
        old.close();
        room.written(segment);
        room.prepare();
    }

    // ---- room ----

    @Override
    public void admit() {
        if (room.suffices(endLsn) || (NoWait.current() != null && !room.isShort())) {
            // Who may not wait does little; while the disk has room, more is on its way.
            return;
        }
        NoWait.check();
        waiting.incrementAndGet();
        try {
            wake();
            room.await(() -> room.suffices(endLsn));
        } finally {
            waiting.decrementAndGet();
        }
    }

    @Override
    public void owe(long bytes) {
        room.owe(bytes);
    }

    @Override
    public boolean isShort() {
        return room.isShort();
    }

    /** Whether something that was appended finds no room on the disk. */
    public boolean isStalled() {
        return room.isStalled();
    }

    private static LogSegmentInfo info(SegmentWriter segment, long endLsn) {
        SegmentHeader header = segment.header();
        return new LogSegmentInfo(
                header.number(),
                header.firstLsn(),
                endLsn,
                segment.capacity(),
                header.keyVersion(),
                header.thumbprint());
    }

    /** All segments that are still there, oldest first; the last is being written. */
    public List<LogSegmentInfo> segments() {
        synchronized (closed) {
            List<LogSegmentInfo> all = new ArrayList<>(closed);
            all.add(info(segment, Long.MAX_VALUE));
            return all;
        }
    }

    /**
     * Removes segments nobody needs. An empty one that lies right at the LSN stays: it is a link of the chain that begins there.
     *
     * @param before redo, undo and backups need nothing before this LSN
     * @param erase plain segments are overwritten with zeros first
     */
    public void trim(long before, boolean erase) {
        while (true) {
            LogSegmentInfo oldest;
            synchronized (closed) {
                if (closed.isEmpty() || !closed.getFirst().isBefore(before)) {
                    return;
                }
                oldest = closed.getFirst();
            }
            String name = LogReader.segmentName(oldest.number());
            if (erase && oldest.keyVersion() == 0) {
                erase(name);
            }
            files.delete(name);
            files.syncDirectory(LogReader.DIRECTORY);
            synchronized (closed) {
                closed.removeFirst();
            }
            if (room.isShort()) {
                room.prepare();
            }
        }
    }

    private void erase(String name) {
        ByteBuffer zeros = ByteBuffer.allocate(256 * 1024);
        try (StorageFile file = files.open(name)) {
            long size = file.size();
            // The header goes last: a crash in between leaves a segment that is still known and erased again.
            for (long position = SegmentHeader.SIZE; position < size; position += zeros.capacity()) {
                zeros.clear();
                zeros.limit((int) Math.min(zeros.capacity(), size - position));
                file.write(zeros, position);
            }
            file.sync();
        }
    }

    @Override
    public void close() {
        Scheduler.Worker log = worker;
        if (log != null) {
            if (!stop.isStopped() && !room.isStalled()) {
                durable(endLsn);
            }
            room.close();
            log.close();
            worker = null;
        }
        segment.close();
    }
}
