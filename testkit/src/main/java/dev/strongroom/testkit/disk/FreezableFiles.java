package dev.strongroom.testkit.disk;

import dev.strongroom.common.file.ForwardingFile;
import dev.strongroom.common.file.ForwardingFiles;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Real files that stop obeying between two operations, as when the process is killed. */
public final class FreezableFiles extends ForwardingFiles {
    private final State state;

    private static final class State {
        private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        private boolean frozen;
    }

    public FreezableFiles(StorageFiles files) {
        this(files, new State());
    }

    private FreezableFiles(StorageFiles files, State state) {
        super(files);
        this.state = state;
    }

    /** From the return of this on nothing changes any more; who tries gets a {@link SimulatedCrash}. */
    public void freeze() {
        state.lock.writeLock().lock();
        state.frozen = true;
        state.lock.writeLock().unlock();
    }

    private void change(Runnable operation) {
        state.lock.readLock().lock();
        try {
            if (state.frozen) {
                throw new SimulatedCrash();
            }
            operation.run();
        } finally {
            state.lock.readLock().unlock();
        }
    }

    @Override
    protected StorageFile wrap(StorageFile file) {
        return new Freezable(file);
    }

    @Override
    public StorageFile create(String path) {
        StorageFile[] created = new StorageFile[1];
        change(() -> created[0] = files.create(path));
        return wrap(created[0]);
    }

    @Override
    public void delete(String path) {
        change(() -> files.delete(path));
    }

    @Override
    public void rename(String from, String to) {
        change(() -> files.rename(from, to));
    }

    @Override
    public void createDirectory(String path) {
        change(() -> files.createDirectory(path));
    }

    @Override
    public void deleteDirectory(String path) {
        change(() -> files.deleteDirectory(path));
    }

    @Override
    public void syncDirectory(String directory) {
        change(() -> files.syncDirectory(directory));
    }

    @Override
    public StorageFiles below(String directory) {
        return new FreezableFiles(files.below(directory), state);
    }

    private final class Freezable extends ForwardingFile {
        Freezable(StorageFile file) {
            super(file);
        }

        @Override
        public void write(ByteBuffer from, long position) {
            change(() -> file.write(from, position));
        }

        @Override
        public void truncate(long size) {
            change(() -> file.truncate(size));
        }

        @Override
        public void sync() {
            change(file::sync);
        }
    }
}
