package dev.strongroom.testkit.disk;

import dev.strongroom.common.file.ForwardingFile;
import dev.strongroom.common.file.ForwardingFiles;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Fails the test if a file is still open at its end, or is used after it was closed. */
public final class CheckedFiles extends ForwardingFiles implements AutoCloseable {
    private final Set<Checked> open;

    public CheckedFiles(StorageFiles files) {
        this(files, Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>())));
    }

    private CheckedFiles(StorageFiles files, Set<Checked> open) {
        super(files);
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

    @Override
    protected StorageFile wrap(StorageFile file) {
        Checked checked = new Checked(file);
        open.add(checked);
        return checked;
    }

    @Override
    public StorageFiles below(String directory) {
        return new CheckedFiles(files.below(directory), open);
    }

    private final class Checked extends ForwardingFile {
        Checked(StorageFile file) {
            super(file);
        }

        private StorageFile live() {
            if (!open.contains(this)) {
                throw new AssertionError("file " + file.path() + " is used after it was closed");
            }
            return file;
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
