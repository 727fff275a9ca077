package dev.strongroom.crypto.provider;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.SystemAccess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file with a secret outside the data directory (TDE-111): only the server's own user may have access to it, and a
 * symbolic link may not lead out of its directory. A group may read it where {@code groupMayRead} is set, which is for
 * Kubernetes, where the file belongs to root and the server's fsGroup.
 *
 * @param described whose file it is, for messages
 */
@SystemAccess
record SecretFile(String described, Path path, boolean groupMayRead) {
    private static final int MAX_BYTES = 64 * 1024;
    private static final Pattern LINE_ENDS = Pattern.compile("[\\r\\n]+$");

    /** The file of a root provider. */
    static SecretFile ofRoot(String specification, Path path, boolean groupMayRead) {
        return new SecretFile("root provider \"" + specification + "\"", path, groupMayRead);
    }

    boolean exists() {
        return Files.exists(path);
    }

    /** The whole content; fails with 91005 if missing, 91004 if others can get at it. */
    byte[] read() {
        try {
            checkAccess();
            if (Files.size(path) > MAX_BYTES) {
                throw unavailable("the file is larger than " + MAX_BYTES + " bytes", null);
            }
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw unavailable("the file does not exist", e);
        } catch (IOException e) {
            throw unavailable("the file cannot be read", e);
        }
    }

    /** Text without the line ends editors add. */
    static String trimLineEnds(String text) {
        return LINE_ENDS.matcher(text).replaceFirst("");
    }

    /** Creates the file with mode 0600 and makes it durable; returns false if it already exists. */
    boolean create(byte[] content) {
        try {
            Path parent = directory();
            Files.createDirectories(parent);
            var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (FileChannel channel = FileChannel.open(path, options, mode)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
                channel.force(true);
            }
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw unavailable("the file cannot be created", e);
        }
    }

    private DatabaseException unavailable(String why, @Nullable Throwable cause) {
        ErrorReport report = NumberedError.ROOT_UNAVAILABLE.report(described + ": " + why);
        return cause == null ? report.exception() : report.exception(cause);
    }

    private DatabaseException unsafe(String why, String hint) {
        return NumberedError.ROOT_FILE_UNSAFE
                .report(described + ": " + why)
                .withHint(hint)
                .exception();
    }

    private Path directory() {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path.toAbsolutePath() : parent;
    }

    private void checkAccess() throws IOException {
        Path real = path.toRealPath();
        if (Files.isSymbolicLink(path) && !real.startsWith(directory().toRealPath())) {
            throw unsafe("the file is a link that leaves its directory", "Name the file itself.");
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(real);
        Set<PosixFilePermission> allowed = EnumSet.of(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
        if (groupMayRead) {
            allowed.add(PosixFilePermission.GROUP_READ);
        }
        if (!allowed.containsAll(mode)) {
            throw unsafe(
                    "other users have access to the file (mode " + PosixFilePermissions.toString(mode) + ")",
                    "Run: chmod 600 " + path);
        }
        int owner = (int) Files.getAttribute(real, "unix:uid");
        int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        boolean byGroup = groupMayRead && mode.contains(PosixFilePermission.GROUP_READ);
        if (owner != self && !byGroup) {
            throw unsafe(
                    "the file belongs to user " + owner + ", the server runs as user " + self,
                    "Give the file to the server's user.");
        }
    }
}
