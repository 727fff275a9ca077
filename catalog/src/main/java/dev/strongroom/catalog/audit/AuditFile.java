package dev.strongroom.catalog.audit;

import dev.strongroom.catalog.audit.AuditFileFormat.End;
import dev.strongroom.catalog.audit.AuditFileFormat.Header;
import dev.strongroom.catalog.audit.AuditFileFormat.Keys;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.SystemAccess;
import dev.strongroom.crypto.key.Xaes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An audit file that is being written. One thread at a time. */
@SystemAccess
final class AuditFile implements AutoCloseable {
    private static final int RESERVE_CHUNK = 1024 * 1024;
    private static final String UNFINISHED = ".unfinished";

    private final Path path;
    private final FileChannel channel;
    private final Header header;
    private final Keys keys;
    private final Randomness randomness;
    private final long limit;
    private End end;
    private boolean dirty;

    private AuditFile(Path path, FileChannel channel, Header header, Keys keys, Randomness randomness, long limit) {
        this.path = path;
        this.channel = channel;
        this.header = header;
        this.keys = keys;
        this.randomness = randomness;
        this.limit = limit;
        end = new End(0, AuditFileFormat.HEADER_BYTES, header.firstTag(keys.mac()));
    }

    /** How a target gets its files. */
    @FunctionalInterface
    interface Creator {
        AuditFile create(Path path, Header header, Keys keys, Randomness randomness, Size size) throws IOException;
    }

    /**
     * @param limit bytes it may grow to
     * @param reserve whether all of them are written at once
     */
    record Size(long limit, boolean reserve) {}

    /**
     * Creates the file, durably, for the server's eyes only. It has its name once it is whole, so that a failure on the way
     * leaves nothing that stands in the way of the next attempt.
     */
    static AuditFile create(Path path, Header header, Keys keys, Randomness randomness, Size size) throws IOException {
        Path unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
        Files.deleteIfExists(unfinished);
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        FileChannel channel =
                FileChannel.open(unfinished, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode);
        AuditFile file = new AuditFile(path, channel, header, keys, randomness, size.limit());
        long limit = size.limit();
        try {
            if (size.reserve() && limit < Long.MAX_VALUE) {
                for (long at = 0; at < limit; at += RESERVE_CHUNK) {
                    write(channel, new byte[(int) Math.min(RESERVE_CHUNK, limit - at)], at);
                }
            }
            write(channel, header.encode(keys.mac()), 0);
            file.writeEnd();
            channel.force(true);
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
            forceDirectory(path.getParent());
            return file;
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(unfinished);
            throw e;
        }
    }

    /** Makes directories that are missing, durably. */
    static void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        Files.createDirectories(directory);
        forceDirectory(parent);
    }

    /** Makes what was created, renamed or deleted in a directory durable. */
    static void forceDirectory(@Nullable Path directory) throws IOException {
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void write(FileChannel channel, byte[] bytes, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer, at + buffer.position());
        }
    }

    boolean hasRoom(int bytes) {
        return end.offset() + AuditFileFormat.LENGTH_BYTES + bytes + 2 * AuditFileFormat.TAG_BYTES + Long.BYTES
                <= limit;
    }

    /** Appends a record; what is too large to be read again is never written. */
    void append(byte[] record) throws IOException {
        if (record.length > AuditEvent.MAX_BYTES) {
            throw new IOException("an audit record of " + record.length + " bytes is too large");
        }
        byte[] sealed =
                Xaes.sealWithNonce(keys.seal(), randomness, record, header.associatedData(end.count(), end.tag()));
        byte[] framed = ByteBuffer.allocate(AuditFileFormat.LENGTH_BYTES + sealed.length)
                .putInt(sealed.length)
                .put(sealed)
                .array();
        write(channel, framed, end.offset());
        dirty = true;
        byte[] tag = Arrays.copyOfRange(sealed, sealed.length - AuditFileFormat.TAG_BYTES, sealed.length);
        end = new End(end.count() + 1, end.offset() + framed.length, tag);
    }

    /** Makes everything durable; the end in the header follows its records, never the other way round. */
    void force() throws IOException {
        if (dirty) {
            channel.force(false);
            writeEnd();
            dirty = false;
        }
    }

    private void writeEnd() throws IOException {
        long at = AuditFileFormat.END_AT + (end.count() & 1) * AuditFileFormat.END_BYTES;
        write(channel, end.encode(header, keys.mac()), at);
    }

    /** Whether anything can still be written: a channel is closed by whatever interrupts its thread. */
    boolean usable() {
        return channel.isOpen();
    }

    Path path() {
        return path;
    }

    long size() {
        return end.offset();
    }

    byte[] lastTag() {
        return end.tag().clone();
    }

    @Override
    public void close() throws IOException {
        try {
            force();
            channel.force(false);
        } finally {
            channel.close();
        }
    }
}
