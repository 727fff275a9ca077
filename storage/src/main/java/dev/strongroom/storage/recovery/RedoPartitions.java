package dev.strongroom.storage.recovery;

import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.log.LogRecord;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Redoes page changes on several threads. A page belongs to one of them, which redoes its changes in log order; between pages
 * there is no order to keep, since every section of a record is enough to redo its page alone. The log is read as far ahead as
 * the queues let it, so that reading, checking and opening it goes on while pages are changed, and one thread's page
 * read does not hold up the others. {@link #add} and {@link #finish} belong to one thread.
 */
final class RedoPartitions {
    private static final int QUEUED = 4;

    private final Scheduler scheduler;
    private final PageChange change;
    private final Partition[] partitions;
    private volatile @Nullable RuntimeException failure;

    /** Redoes one section of a record. Called by several threads, for one page always by the same. */
    @FunctionalInterface
    interface PageChange {
        void redo(LogRecord record, int section);
    }

    RedoPartitions(int threads, Scheduler scheduler, PageChange change) {
        this.scheduler = scheduler;
        this.change = change;
        partitions = new Partition[threads];
        for (int i = 0; i < threads; i++) {
            partitions[i] = new Partition();
        }
        for (Partition partition : partitions) {
            partition.worker = scheduler.start("redo", partition);
        }
    }

    /** Sections of the records of one frame. */
    private static final class Batch {
        private final byte[] bytes;
        private int[] starts = new int[256];
        private long[] ends = new long[256];
        private byte[] sections = new byte[256];
        private int count;

        Batch(byte[] bytes) {
            this.bytes = bytes;
        }

        void add(LogRecord record, int section) {
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, count * 2);
                ends = Arrays.copyOf(ends, count * 2);
                sections = Arrays.copyOf(sections, count * 2);
            }
            starts[count] = record.start();
            ends[count] = record.lsn();
            sections[count++] = (byte) section;
        }
    }

    private final class Partition implements Scheduler.Step {
        private final ArrayDeque<Batch> queue = new ArrayDeque<>();
        private final LogRecord record = new LogRecord();
        /** Batches queued or under way. Guarded by the queue for writing. */
        private volatile int pending;

        private @Nullable Batch filling;
        private Scheduler.@Nullable Worker worker;

        void add(LogRecord added, int section) {
            Batch batch = filling;
            if (batch == null || batch.bytes != added.bytes()) {
                submit();
                batch = new Batch(added.bytes());
                filling = batch;
            }
            batch.add(added, section);
        }

        void submit() {
            Batch batch = filling;
            if (batch == null) {
                return;
            }
            filling = null;
            scheduler.await(this, () -> pending < QUEUED || failure != null, Long.MAX_VALUE);
            check();
            synchronized (queue) {
                queue.add(batch);
                pending = pending + 1;
            }
            Scheduler.Worker running = worker;
            if (running != null) {
                running.wake();
            }
        }

        @Override
        public long run() {
            Batch batch;
            synchronized (queue) {
                batch = queue.poll();
            }
            if (batch == null) {
                return Long.MAX_VALUE;
            }
            try {
                if (failure == null) {
                    redo(batch);
                }
            } catch (RuntimeException problem) {
                failure = problem;
            }
            synchronized (queue) {
                pending = pending - 1;
            }
            scheduler.signal(this);
            return 0;
        }

        private void redo(Batch batch) {
            for (int i = 0; i < batch.count; i++) {
                change.redo(record.at(batch.bytes, batch.starts[i], batch.ends[i]), batch.sections[i]);
            }
        }
    }

    /** Has a section redone after all sections for the same page that were added before. The record's bytes stay as they are. */
    void add(LogRecord record, int section) {
        long hash = record.page(section) * 0x9E3779B97F4A7C15L;
        partitions[(int) Long.remainderUnsigned(hash >>> 32, partitions.length)].add(record, section);
    }

    private void check() {
        RuntimeException problem = failure;
        if (problem != null) {
            throw problem;
        }
    }

    /** Waits until all is done. */
    void finish() {
        for (Partition partition : partitions) {
            partition.submit();
        }
        for (Partition partition : partitions) {
            scheduler.await(partition, () -> partition.pending == 0, Long.MAX_VALUE);
        }
        check();
    }

    /** Ends the threads. */
    void close() {
        for (Partition partition : partitions) {
            Scheduler.Worker running = partition.worker;
            if (running != null) {
                running.close();
            }
        }
    }
}
