package dev.strongroom.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.testkit.random.SeededTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.junit.jupiter.api.Test;

/** Short reads and writes of the system, and its errors, as the engine meets them (storage design, section 11). */
class DiskFileTest extends SeededTest {
    @Test
    void shortReadsAndWritesAreGoneOnWith() {
        for (int round = 0; round < 50; round++) {
            Channel channel = new Channel();
            DiskFile file = new DiskFile("data", channel);
            byte[] page = new byte[8192];
            random().fill(page);
            int position = random().below(3) * 8192;
            file.write(ByteBuffer.wrap(page), position);
            byte[] back = new byte[8192];
            assertThat(file.read(ByteBuffer.wrap(back), position)).isEqualTo(8192);
            assertThat(back).isEqualTo(page);
            assertThat(file.read(ByteBuffer.wrap(back), position + 8000))
                    .as("the file ends")
                    .isEqualTo(192);
            assertThat(channel.calls).isGreaterThan(6);
        }
    }

    @Test
    void errorsOfTheSystemHaveTheirState() {
        Channel channel = new Channel();
        DiskFile file = new DiskFile("data", channel);
        channel.failure = "No space left on device";
        assertThatThrownBy(() -> file.write(ByteBuffer.allocate(8192), 0))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
                .hasMessageContaining("could not write file \"data\": No space left on device");
        channel.failure = "Input/output error";
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(8192), 0))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO_ERROR))
                .hasMessageContaining("could not read file \"data\": Input/output error");
        assertThatThrownBy(file::sync)
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO_ERROR))
                .hasMessageContaining("could not fsync file \"data\": Input/output error");
    }

    /** Takes and gives a part of what it is asked for, nothing at times. */
    private final class Channel extends FileChannel {
        private final byte[] content = new byte[5 * 8192];
        private int size;
        private int calls;
        private String failure = "";

        private int part(int asked) throws IOException {
            calls++;
            if (!failure.isEmpty()) {
                throw new IOException(failure);
            }
            return random().below(Math.min(asked, 4000) + 1);
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            int there = (int) Math.max(0, Math.min(into.remaining(), size - position));
            int some = part(there);
            if (there == 0) {
                return -1;
            }
            into.put(content, (int) position, some);
            return some;
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            int some = part(from.remaining());
            from.get(content, (int) position, some);
            size = (int) Math.max(size, position + some);
            return some;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            part(0);
        }

        @Override
        protected void implCloseChannel() {}

        @Override
        public int read(ByteBuffer into) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long read(ByteBuffer[] into, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(ByteBuffer from) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileChannel position(long newPosition) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileChannel truncate(long newSize) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long position, long length, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock tryLock(long position, long length, boolean shared) {
            throw new UnsupportedOperationException();
        }
    }
}
