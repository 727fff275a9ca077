package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** BACKUP and RESTORE of databases and logs (tde.md 1.8). Option names are upper-case as written there. */
public sealed interface BackupStatement extends Statement {
    List<Device> devices();

    /** BACKUP DATABASE|LOG. */
    record Backup(
            boolean log,
            String database,
            List<Device> devices,
            List<BackupOption> options,
            @Nullable BackupEncryption encryption)
            implements BackupStatement {
        public Backup {
            devices = List.copyOf(devices);
            options = List.copyOf(options);
        }
    }

    /** RESTORE DATABASE|LOG. */
    record Restore(boolean log, String database, List<Device> devices, List<BackupOption> options)
            implements BackupStatement {
        public Restore {
            devices = List.copyOf(devices);
            options = List.copyOf(options);
        }
    }

    /** RESTORE HEADERONLY, FILELISTONLY, VERIFYONLY, LABELONLY. */
    record RestoreInformation(String what, List<Device> devices, List<BackupOption> options)
            implements BackupStatement {
        public RestoreInformation {
            devices = List.copyOf(devices);
            options = List.copyOf(options);
        }
    }

    /** sp_detach_db. */
    record Detach(String database) implements BackupStatement {
        @Override
        public List<Device> devices() {
            return List.of();
        }
    }

    /**
     * sp_delete_backuphistory, sp_delete_database_backuphistory.
     *
     * @param before entries older than this time go
     * @param database or all of this database
     */
    record ForgetHistory(@Nullable String before, @Nullable String database) implements BackupStatement {
        @Override
        public List<Device> devices() {
            return List.of();
        }
    }

    /** {@code CREATE DATABASE … ON (FILENAME = '…') FOR ATTACH}, sp_attach_db. */
    record Attach(String database, List<String> files) implements BackupStatement {
        public Attach {
            files = List.copyOf(files);
        }

        @Override
        public List<Device> devices() {
            return List.of();
        }
    }

    /** {@code DISK = '…'} or {@code URL = '…'}. */
    record Device(boolean url, String path) {}

    /** {@code ENCRYPTION (ALGORITHM = a, SERVER CERTIFICATE = c)}. */
    record BackupEncryption(String algorithm, EncryptionStatement.Encryptor encryptor) {}

    /** COPY_ONLY, STATS = 10, MOVE 'a' TO 'b' ({@code value} a, {@code second} b), … */
    record BackupOption(
            String name, @Nullable String value, @Nullable String second) {}
}
