package dev.strongroom.catalog.key;

import java.nio.file.Path;
import java.util.List;

/**
 * Settings of the key statements.
 *
 * @param backupDirectory {@code key_backup_dir}: where relative file names lead
 * @param allowedDirectories files of key statements lie below one of these (TDE-109)
 * @param deprecatedAlgorithms {@code tde_deprecated_algorithms}: whether TRIPLE_DES_3KEY is accepted (TDE-141)
 */
public record KeySettings(Path backupDirectory, List<Path> allowedDirectories, boolean deprecatedAlgorithms) {
    public KeySettings {
        allowedDirectories = List.copyOf(allowedDirectories);
    }
}
