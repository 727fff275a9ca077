package dev.strongroom.server.boot;

import dev.strongroom.catalog.backup.BackupFiles;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.storage.file.DiskFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backup files on this machine: below one of the directories the administrator named, links resolved, so that nobody who may
 * back up a database can write elsewhere in the server's name.
 */
final class BackupDevices implements BackupFiles {
    private static final Logger LOG = LoggerFactory.getLogger(BackupDevices.class);
    private static final Path ROOT = Path.of("/");

    private final Path directory;
    private final List<Path> allowed;
    private final Path databases;
    private final StorageFiles files = new DiskFiles(ROOT);

    /**
     * @param directory where relative names lead
     * @param allowed backups lie below one of these
     * @param databases where this server's databases have their directories
     */
    BackupDevices(Path directory, List<Path> allowed, Path databases) {
        this.databases = databases.toAbsolutePath().normalize();
        this.directory = directory;
        this.allowed = List.copyOf(allowed);
        try {
            if (!Files.exists(directory)) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException failure) {
            LOG.warn("backup directory {} cannot be made", directory);
        }
    }

    @Override
    public StorageFiles files() {
        return files;
    }

    @Override
    public String resolve(String operand) {
        try {
            Path path = directory.resolve(operand).toAbsolutePath().normalize();
            Path parent = path.getParent();
            if (parent == null || path.getFileName() == null) {
                throw denied(operand);
            }
            Path real = (Files.exists(path) ? path : parent).toRealPath();
            for (Path each : allowed) {
                if (Files.exists(each) && real.startsWith(each.toRealPath())) {
                    return path.toString();
                }
            }
            throw denied(operand);
        } catch (IOException | InvalidPathException failure) {
            throw NumberedError.BACKUP_DEVICE
                    .report("cannot open backup device \"" + operand + "\": no such file or directory")
                    .exception(failure);
        }
    }

    @Override
    public String resolveDetached(String operand) {
        try {
            Path path = directory.resolve(operand).toRealPath();
            Path found = Files.isDirectory(path) ? path : path.getParent();
            if (found != null && found.getParent() != null && found.getParent().equals(databases.toRealPath())) {
                return found.toString();
            }
            for (Path each : allowed) {
                if (found != null && Files.exists(each) && found.startsWith(each.toRealPath())) {
                    return found.toString();
                }
            }
        } catch (IOException | InvalidPathException failure) {
            throw NumberedError.FILES_UNUSABLE
                    .report("unable to open the physical file \"" + operand + "\": no such file or directory")
                    .exception(failure);
        }
        throw denied(operand);
    }

    @Override
    public int numberOf(String path) {
        try {
            Path found = Path.of(path);
            boolean here = found.getParent() != null && found.getParent().equals(databases.toRealPath());
            return here ? Integer.parseInt(String.valueOf(found.getFileName())) : 0;
        } catch (IOException | NumberFormatException other) {
            return 0;
        }
    }

    @Override
    public String directoryOf(int databaseOid) {
        return databases.resolve(Integer.toString(databaseOid)).toString();
    }

    private DatabaseException denied(String operand) {
        return NumberedError.BACKUP_DEVICE_DENIED
                .report("cannot open backup device \"" + operand + "\": it is outside the directories for backups")
                .withHint("Name a file below \"" + directory + "\", or add its directory to backup_dirs.")
                .exception();
    }
}
