package dev.strongroom.catalog.key;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.SystemAccess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files named in key statements (TDE-109): below an allowed directory once links are resolved, created with mode 0600 where
 * nothing was, durable before success is reported.
 */
@SystemAccess
final class KeyFiles {
    private static final int MAX_BYTES = 1024 * 1024;

    private final KeySettings settings;

    KeyFiles(KeySettings settings) {
        this.settings = settings;
    }

    /** The content, or {@code failure} (15208, 15317, 33005 by statement) naming the file. */
    byte[] read(String operand, NumberedError failure) {
        try {
            Path path = resolve(operand).toRealPath();
            requireAllowed(path, operand);
            if (Files.size(path) > MAX_BYTES) {
                throw failure.exception("the file \"" + operand + "\" is larger than " + MAX_BYTES + " bytes");
            }
            return Files.readAllBytes(path);
        } catch (IOException | InvalidPathException e) {
            throw failure.report("the file \"" + operand + "\" does not exist or cannot be read")
                    .exception(e);
        }
    }

    /** Creates the file; 15240 if it exists or cannot be written. */
    void create(String operand, byte[] content) {
        try {
            Path path = resolve(operand);
            Path parent = path.getParent();
            if (parent == null) {
                throw notWritable(operand, null);
            }
            requireAllowed(parent.toRealPath(), operand);
            var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            try (FileChannel channel =
                    FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (FileAlreadyExistsException e) {
            throw NumberedError.FILE_EXISTS
                    .report("cannot write into file \"" + operand + "\": it already exists")
                    .exception(e);
        } catch (IOException | InvalidPathException e) {
            throw notWritable(operand, e);
        }
    }

    /** Removes a file that belongs to a statement that failed half way. */
    void discard(String operand) {
        try {
            Files.deleteIfExists(resolve(operand));
        } catch (IOException | InvalidPathException e) {
            // The statement already failed; a file left behind is encrypted or public.
        }
    }

    private static DatabaseException notWritable(String operand, @Nullable Exception cause) {
        var report = NumberedError.FILE_NOT_WRITABLE
                .report("cannot write into file \"" + operand + "\"")
                .withHint("Check that the directory exists and that the server may write there.");
        return cause == null ? report.exception() : report.exception(cause);
    }

    private Path resolve(String operand) {
        return settings.backupDirectory().resolve(operand).toAbsolutePath().normalize();
    }

    private void requireAllowed(Path real, String operand) throws IOException {
        for (Path directory : settings.allowedDirectories()) {
            if (Files.exists(directory) && real.startsWith(directory.toRealPath())) {
                return;
            }
        }
        throw NumberedError.NO_PERMISSION
                .report("the file \"" + operand + "\" is outside the directories for key files")
                .withHint("Name a file below \"" + settings.backupDirectory()
                        + "\", or add its directory to key_file_dirs.")
                .exception();
    }
}
