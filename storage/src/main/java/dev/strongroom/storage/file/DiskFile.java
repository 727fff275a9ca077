package dev.strongroom.storage.file;

import dev.strongroom.common.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file of a real file system. */
final class DiskFile implements StorageFile {
    private final String path;
    private final FileChannel channel;

    DiskFile(String path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public int read(ByteBuffer into, long position) {
        int total = 0;
        try {
            while (into.hasRemaining()) {
                int read = channel.read(into, position + total);
                if (read < 0) {
                    break;
                }
                total += read;
            }
        } catch (IOException e) {
            throw DiskFiles.failure("read", path, e);
        }
        return total;
    }

    @Override
    public void write(ByteBuffer from, long position) {
        long at = position;
        try {
            while (from.hasRemaining()) {
                at += channel.write(from, at);
            }
        } catch (IOException e) {
            throw DiskFiles.failure("write", path, e);
        }
    }

    @Override
    public long size() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw DiskFiles.failure("stat", path, e);
        }
    }

    @Override
    public void truncate(long size) {
        try {
            long old = channel.size();
            if (size < old) {
                channel.truncate(size);
            } else if (size > old) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
        } catch (IOException e) {
            throw DiskFiles.failure("truncate", path, e);
        }
    }

    @Override
    public void sync() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw DiskFiles.failure("fsync", path, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw DiskFiles.failure("close", path, e);
        }
    }
}
