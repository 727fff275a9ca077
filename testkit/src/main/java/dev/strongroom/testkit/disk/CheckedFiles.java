package dev.strongroom.testkit.disk;

import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Fails the test if a file is still open at its end, or is used after it was closed. */
public final class CheckedFiles implements StorageFiles, AutoCloseable {
    private final StorageFiles files;
    private final Set<Checked> open;

    public CheckedFiles(StorageFiles files) {
        this(files, Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>())));
    }

    private CheckedFiles(StorageFiles files, Set<Checked> open) {
        this.files = files;
        this.open = open;
    }

    /** Checks that nothing is open. */
    @Override
    public void close() {
        if (!open.isEmpty()) {
            List<String> paths = open.stream().map(StorageFile::path).sorted().toList();
            throw new AssertionError("files left open: " + paths);
        }
    }

    private StorageFile check(StorageFile file) {
        Checked checked = new Checked(file);
        open.add(checked);
        return checked;
    }

    @Override
    public StorageFile open(String path) {
        return check(files.open(path));
    }

    @Override
    public StorageFile create(String path) {
        return check(files.create(path));
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
        files.syncDirectory(directory);
    }

    @Override
    public StorageFiles below(String directory) {
        return new CheckedFiles(files.below(directory), open);
    }

    @Override
    public AutoCloseable lock(String path) {
        return files.lock(path);
    }

    private final class Checked implements StorageFile {
        private final StorageFile file;

        Checked(StorageFile file) {
            this.file = file;
        }

        private StorageFile live() {
            if (!open.contains(this)) {
                throw new AssertionError("file " + file.path() + " is used after it was closed");
            }
            return file;
        }

        @Override
        public String path() {
            return file.path();
        }

        @Override
        public int read(ByteBuffer into, long position) {
            return live().read(into, position);
        }

        @Override
        public void write(ByteBuffer from, long position) {
            live().write(from, position);
        }

        @Override
        public long size() {
            return live().size();
        }

        @Override
        public void truncate(long size) {
            live().truncate(size);
        }

        @Override
        public void sync() {
            live().sync();
        }

        @Override
        public void close() {
            open.remove(this);
            file.close();
        }
    }
}
