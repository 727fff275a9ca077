package dev.strongroom.storage.file;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Files of a real file system. Files are 0600 and directories 0700 where the file system knows modes. */
public final class DiskFiles implements StorageFiles {
    private final Path root;
    /** What errors put before a name: where this root is below the one it came from. */
    private final String prefix;

    private final FileAttribute<?>[] fileMode;
    private final FileAttribute<?>[] directoryMode;

    public DiskFiles(Path root) {
        this(root, "");
    }

    private DiskFiles(Path root, String prefix) {
        this.root = root.toAbsolutePath().normalize();
        this.prefix = prefix;
        boolean posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
        fileMode = posix ? mode("rw-------") : new FileAttribute<?>[0];
        directoryMode = posix ? mode("rwx------") : new FileAttribute<?>[0];
    }

    private static FileAttribute<?>[] mode(String permissions) {
        Set<PosixFilePermission> set = PosixFilePermissions.fromString(permissions);
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(set)};
    }

    private Path path(String name) {
        return name.isEmpty() ? root : root.resolve(name);
    }

    /** What went wrong, as users know it from PostgreSQL. */
    static DatabaseException failure(String what, String path, IOException cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        String lower = reason.toLowerCase(Locale.ROOT);
        boolean full = lower.contains("no space left") || lower.contains("disk quota exceeded");
        if (cause instanceof NoSuchFileException) {
            reason = "No such file or directory";
        }
        return ErrorReport.error(
                        full ? ErrorCode.DISK_FULL : ErrorCode.IO_ERROR,
                        "could not " + what + " file \"" + path + "\": " + reason)
                .exception(cause);
    }

    @Override
    public StorageFile open(String path) {
        try {
            return new DiskFile(
                    prefix + path, FileChannel.open(path(path), StandardOpenOption.READ, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw failure("open", prefix + path, e);
        }
    }

    @Override
    public StorageFile create(String path) {
        try {
            return new DiskFile(
                    prefix + path,
                    FileChannel.open(
                            path(path),
                            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                            fileMode));
        } catch (IOException e) {
            throw failure("create", prefix + path, e);
        }
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(path(path));
    }

    @Override
    public void delete(String path) {
        try {
            Files.delete(path(path));
        } catch (IOException e) {
            throw failure("delete", prefix + path, e);
        }
    }

    @Override
    public void rename(String from, String to) {
        try {
            Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failure("rename", prefix + from, e);
        }
    }

    @Override
    public void createDirectory(String path) {
        try {
            Files.createDirectories(path(path), directoryMode);
        } catch (IOException e) {
            throw failure("create", prefix + path, e);
        }
    }

    @Override
    public void deleteDirectory(String path) {
        try {
            Files.delete(path(path));
        } catch (DirectoryNotEmptyException e) {
            throw failure("delete", prefix + path, new IOException("Directory not empty", e));
        } catch (IOException e) {
            throw failure("delete", prefix + path, e);
        }
    }

    @Override
    public List<String> list(String directory) {
        Path path = path(directory);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> names = Files.list(path)) {
            return names.map(p -> p.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw failure("list", prefix + directory, e);
        }
    }

    @Override
    public void syncDirectory(String directory) {
        try (FileChannel channel = FileChannel.open(path(directory), StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw failure("fsync", prefix + directory, e);
        }
    }

    @Override
    public StorageFiles below(String directory) {
        return new DiskFiles(path(directory), prefix + directory + '/');
    }

    @Override
    public AutoCloseable lock(String path) {
        try {
            FileChannel channel = FileChannel.open(
                    path(path),
                    Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                    fileMode);
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                channel.close();
                throw ErrorReport.fatal(
                                ErrorCode.OBJECT_IN_USE,
                                "lock file \"" + prefix + path + "\" is held by another process")
                        .withHint("Is another server running in data directory \"" + root + "\"?")
                        .exception();
            }
            return channel;
        } catch (IOException e) {
            throw failure("lock", prefix + path, e);
        }
    }
}
