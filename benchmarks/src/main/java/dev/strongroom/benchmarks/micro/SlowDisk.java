package dev.strongroom.benchmarks.micro;

import dev.strongroom.common.file.ForwardingFile;
import dev.strongroom.common.file.ForwardingFiles;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Files whose syncs take longer than the real disk's, as on a disk that has to move something; counts what the log does. */
final class SlowDisk extends ForwardingFiles {
    private final State state;

    /** What all files of the disk have in common. */
    private static final class State {
        private final LongAdder logSyncs = new LongAdder();
        private final LongAdder logBytes = new LongAdder();
        private volatile long extraNanos;
    }

    SlowDisk(StorageFiles files) {
        this(files, new State());
    }

    private SlowDisk(StorageFiles files, State state) {
        super(files);
        this.state = state;
    }

    /** Has syncs take so much longer from now on. */
    void slowDown(long nanos) {
        state.extraNanos = nanos;
    }

    /** Syncs of log segments so far. */
    long logSyncs() {
        return state.logSyncs.sum();
    }

    /** Bytes written to log segments so far. */
    long logBytes() {
        return state.logBytes.sum();
    }

    @Override
    protected StorageFile wrap(StorageFile file) {
        return new SlowFile(file);
    }

    @Override
    public void syncDirectory(String directory) {
        files.syncDirectory(directory);
        takeTime();
    }

    @Override
    public StorageFiles below(String directory) {
        return new SlowDisk(files.below(directory), state);
    }

    private void takeTime() {
        long nanos = state.extraNanos;
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private final class SlowFile extends ForwardingFile {
        private final boolean log;

        SlowFile(StorageFile file) {
            super(file);
            log = file.path().endsWith(".seg");
        }

        @Override
        public void write(ByteBuffer from, long position) {
            if (log) {
                state.logBytes.add(from.remaining());
            }
            file.write(from, position);
        }

        @Override
        public void sync() {
            file.sync();
            takeTime();
            if (log) {
                state.logSyncs.increment();
            }
        }
    }
}
