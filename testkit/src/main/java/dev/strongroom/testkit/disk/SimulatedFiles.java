package dev.strongroom.testkit.disk;

import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.List;

/** {@link StorageFiles} on a {@link SimulatedDisk}, seen by one start of a process. */
public final class SimulatedFiles implements StorageFiles {
    /** Shorter reads take no time. */
    private static final int WORTH_WAITING = 512;

    private final SimulatedDisk disk;
    private final String prefix;
    private final int incarnation;

    SimulatedFiles(SimulatedDisk disk, String prefix, int incarnation) {
        this.disk = disk;
        this.prefix = prefix;
        this.incarnation = incarnation;
        disk.createDirectory(incarnation, prefix);
    }

    private String path(String name) {
        if (name.isEmpty()) {
            return prefix;
        }
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    @Override
    public StorageFile open(String path) {
        String full = path(path);
        return new SimulatedFile(full, disk.open(incarnation, full));
    }

    @Override
    public StorageFile create(String path) {
        String full = path(path);
        return new SimulatedFile(full, disk.create(incarnation, full));
    }

    @Override
    public boolean exists(String path) {
        return disk.exists(incarnation, path(path));
    }

    @Override
    public void delete(String path) {
        disk.delete(incarnation, path(path));
    }

    @Override
    public void rename(String from, String to) {
        disk.rename(incarnation, path(from), path(to));
    }

    @Override
    public void createDirectory(String path) {
        disk.createDirectory(incarnation, path(path));
    }

    @Override
    public void deleteDirectory(String path) {
        disk.deleteDirectory(incarnation, path(path));
    }

    @Override
    public List<String> list(String directory) {
        return disk.list(incarnation, path(directory));
    }

    @Override
    public void syncDirectory(String directory) {
        disk.syncDirectory(incarnation, path(directory));
    }

    @Override
    public StorageFiles below(String directory) {
        return new SimulatedFiles(disk, path(directory), incarnation);
    }

    @Override
    public AutoCloseable lock(String path) {
        String full = path(path);
        disk.lock(incarnation, full);
        return () -> disk.unlock(full);
    }

    private final class SimulatedFile implements StorageFile {
        private final String path;
        private final SimulatedInode inode;

        SimulatedFile(String path, SimulatedInode inode) {
            this.path = path;
            this.inode = inode;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public int read(ByteBuffer into, long position) {
            if (into.remaining() >= WORTH_WAITING) {
                disk.pause();
            }
            return disk.read(incarnation, inode, path, position, into);
        }

        @Override
        public void write(ByteBuffer from, long position) {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            disk.pause();
            disk.write(incarnation, inode, path, position, bytes);
        }

        @Override
        public long size() {
            return inode.size();
        }

        @Override
        public void truncate(long size) {
            disk.truncate(incarnation, inode, path, size);
        }

        @Override
        public void sync() {
            disk.pause();
            disk.sync(incarnation, inode, path);
        }

        @Override
        public void close() {}
    }
}
