package dev.strongroom.storage.temp;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.seal.SealKind;
import dev.strongroom.crypto.seal.StreamSealer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A temporary file: written once from start to end, then read from start to end as often as one likes. Cut into sealed chunks.
 * Writing and each {@link Reader} belong to one thread at a time.
 */
public final class TempFile implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;
    private static final int SEALED = CHUNK + StreamSealer.TAG_BYTES;

    private final TempFiles owner;
    private final StorageFiles files;
    private final String path;
    private final StorageFile file;
    private final KeyVersion key;
    private final StreamSealer sealer;
    private byte @Nullable [] open = new byte[SEALED];
    private int filled;
    private long chunks;
    private long size;
    private boolean closed;

    TempFile(TempFiles owner, StorageFiles files, String path, KeyVersion key, Randomness randomness) {
        this.owner = owner;
        this.files = files;
        this.key = key;
        this.sealer = StreamSealer.start(SealKind.TEMP, key, randomness);
        this.path = path;
        this.file = files.create(path);
    }

    /** Bytes written. */
    public long size() {
        return size;
    }

    public void write(byte[] from, int offset, int length) {
        byte[] chunk = open;
        if (chunk == null) {
            throw new IllegalStateException("temporary file is complete");
        }
        size += length;
        int at = offset;
        int left = length;
        while (left > 0) {
            int part = Math.min(left, CHUNK - filled);
            System.arraycopy(from, at, chunk, filled, part);
            filled += part;
            at += part;
            left -= part;
            if (filled == CHUNK) {
                flush(chunk, false);
            }
        }
    }

    private void flush(byte[] chunk, boolean last) {
        int length = filled;
        sealer.seal(chunk, 0, length, chunks, last);
        file.write(ByteBuffer.wrap(chunk, 0, length + StreamSealer.TAG_BYTES), chunks * SEALED);
        owner.grown(length + StreamSealer.TAG_BYTES);
        chunks++;
        filled = 0;
    }

    /** Nothing more is written. */
    public void complete() {
        byte[] chunk = open;
        if (chunk != null) {
            flush(chunk, true);
            Arrays.fill(chunk, (byte) 0);
            open = null;
        }
    }

    /** Reads a complete file from the start. */
    public Reader reader() {
        if (open != null) {
            throw new IllegalStateException("temporary file is still being written");
        }
        return new Reader();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        owner.grown(-(file.size()));
        file.close();
        files.delete(path);
        owner.gone();
    }

    /** Reads a complete file once. */
    public final class Reader {
        private final StreamSealer opener = new StreamSealer(SealKind.TEMP, key, sealer.startNonce());
        private final byte[] sealed = new byte[SEALED];
        private final byte[] plain = new byte[CHUNK];
        private long next;
        private int at;
        private int length;

        private Reader() {}

        /** Bytes read so far. */
        public long position() {
            return next == 0 ? 0 : (next - 1) * CHUNK + at;
        }

        public boolean atEnd() {
            return position() == size;
        }

        public void read(byte[] into, int offset, int count) {
            int to = offset;
            int left = count;
            while (left > 0) {
                if (at == length) {
                    load();
                }
                int part = Math.min(left, length - at);
                System.arraycopy(plain, at, into, to, part);
                at += part;
                to += part;
                left -= part;
            }
        }

        private void load() {
            if (next == chunks) {
                throw new DatabaseException(ErrorCode.DATA_CORRUPTED, "temporary file ends early");
            }
            int read = file.read(ByteBuffer.wrap(sealed), next * SEALED);
            length = read - StreamSealer.TAG_BYTES;
            boolean last = next == chunks - 1;
            if (length < 0 || !opener.open(sealed, 0, length, next, last, plain, 0)) {
                throw new DatabaseException(ErrorCode.DATA_CORRUPTED, "temporary file is damaged");
            }
            next++;
            at = 0;
        }
    }
}
