package dev.strongroom.testkit.disk;

import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Real files that stop obeying between two operations, as when the process is killed. */
public final class FreezableFiles implements StorageFiles {
    private final StorageFiles files;
    private final State state;

    private static final class State {
        private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        private boolean frozen;
    }

    public FreezableFiles(StorageFiles files) {
        this(files, new State());
    }

    private FreezableFiles(StorageFiles files, State state) {
        this.files = files;
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
    public StorageFile open(String path) {
        return new Freezable(files.open(path));
    }

    @Override
    public StorageFile create(String path) {
        StorageFile[] created = new StorageFile[1];
        change(() -> created[0] = files.create(path));
        return new Freezable(created[0]);
    }

    @Override
    public boolean exists(String path) {
        return files.exists(path);
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
    public List<String> list(String directory) {
        return files.list(directory);
    }

    @Override
    public void syncDirectory(String directory) {
        change(() -> files.syncDirectory(directory));
    }

    @Override
    public StorageFiles below(String directory) {
        return new FreezableFiles(files.below(directory), state);
    }

    @Override
    public AutoCloseable lock(String path) {
        return files.lock(path);
    }

    private final class Freezable implements StorageFile {
        private final StorageFile file;

        Freezable(StorageFile file) {
            this.file = file;
        }

        @Override
        public String path() {
            return file.path();
        }

        @Override
        public int read(ByteBuffer into, long position) {
            return file.read(into, position);
        }

        @Override
        public void write(ByteBuffer from, long position) {
            change(() -> file.write(from, position));
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public void truncate(long size) {
            change(() -> file.truncate(size));
        }

        @Override
        public void sync() {
            change(file::sync);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
