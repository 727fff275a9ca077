package dev.strongroom.storage.file;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Files of one database whose first failed sync stops it: any sync of a file may have swallowed what another writer of the same
 * file was about to sync.
 */
public final class FailStopFiles implements StorageFiles {
    private final StorageFiles files;
    private final StopSwitch stop;

    public FailStopFiles(StorageFiles files, StopSwitch stop) {
        this.files = files;
        this.stop = stop;
    }

    @Override
    public StorageFile open(String path) {
        return new FailStopFile(files.open(path));
    }

    @Override
    public StorageFile create(String path) {
        return new FailStopFile(files.create(path));
    }

    @Override
    public boolean exists(String path) {
        return files.exists(path);
    }

    @Override
    public void delete(String path) {
        files.delete(path);
    }

    @Override
    public void rename(String from, String to) {
        files.rename(from, to);
    }

    @Override
    public void createDirectory(String path) {
        files.createDirectory(path);
    }

    @Override
    public void deleteDirectory(String path) {
        files.deleteDirectory(path);
    }

    @Override
    public List<String> list(String directory) {
        return files.list(directory);
    }

    @Override
    public void syncDirectory(String directory) {
        try {
            files.syncDirectory(directory);
        } catch (DatabaseException failure) {
            throw stop.stop(failure);
        }
    }

    @Override
    public StorageFiles below(String directory) {
        return new FailStopFiles(files.below(directory), stop);
    }

    @Override
    public AutoCloseable lock(String path) {
        return files.lock(path);
    }

    private final class FailStopFile implements StorageFile {
        private final StorageFile file;

        FailStopFile(StorageFile file) {
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
            file.write(from, position);
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public void truncate(long size) {
            file.truncate(size);
        }

        @Override
        public void sync() {
            try {
                file.sync();
            } catch (DatabaseException failure) {
                throw stop.stop(failure);
            }
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
