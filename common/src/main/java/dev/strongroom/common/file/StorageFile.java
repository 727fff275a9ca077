package dev.strongroom.common.file;

import java.nio.ByteBuffer;

/** One open file with positional reads and writes. Thread-safe. */
public interface StorageFile extends AutoCloseable {
    String path();

    /**
     * Reads until the buffer is full or the file ends.
     *
     * @return bytes read, less than remaining only at the end of the file
     */
    int read(ByteBuffer into, long position);

    /** Writes the whole buffer. */
    void write(ByteBuffer from, long position);

    /** Size in bytes. */
    long size();

    /** Cuts or extends (with zeros) to a size. */
    void truncate(long size);

    /**
     * Makes all writes so far durable. After a failure the content is unknown: the server stops (fsync failure is fatal).
     */
    void sync();

    @Override
    void close();
}
