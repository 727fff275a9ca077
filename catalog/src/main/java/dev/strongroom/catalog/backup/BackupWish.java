package dev.strongroom.catalog.backup;

import dev.strongroom.storage.backup.BackupKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A BACKUP statement.
 *
 * @param devices as written in the statement
 * @param init overwrites the backup sets on the devices
 * @param format makes a new media set, whatever the devices hold
 * @param expiresMicros since 1970; 0 = never kept
 * @param encryption null for none
 * @param tail of a log backup: the database waits to be restored afterwards (NORECOVERY)
 */
public record BackupWish(
        BackupKind kind,
        String database,
        List<String> devices,
        boolean copyOnly,
        boolean compress,
        boolean init,
        boolean format,
        Naming naming,
        long expiresMicros,
        @Nullable Encryption encryption,
        boolean tail) {
    public BackupWish {
        devices = List.copyOf(devices);
    }

    /** NAME, DESCRIPTION, MEDIANAME, MEDIADESCRIPTION; empty where not given. */
    public record Naming(String name, String description, String mediaName, String mediaDescription) {}

    /** {@code ENCRYPTION (ALGORITHM = …, SERVER CERTIFICATE = …)}. */
    public record Encryption(String algorithm, boolean asymmetricKey, String encryptor) {}
}
