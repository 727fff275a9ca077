package dev.strongroom.common.file;

import java.nio.ByteBuffer;

/** A file that hands everything on to another. */
public abstract class ForwardingFile implements StorageFile {
    protected final StorageFile file;

    protected ForwardingFile(StorageFile file) {
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
        file.sync();
    }

    @Override
    public void close() {
        file.close();
    }
}
