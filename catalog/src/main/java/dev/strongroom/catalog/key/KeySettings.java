package dev.strongroom.catalog.key;

import java.nio.file.Path;
import java.util.List;

/**
 * Settings of the key statements.
 *
 * @param backupDirectory {@code key_backup_dir}: where relative file names lead
 * @param allowedDirectories files of key statements lie below one of these (TDE-109)
 * @param deprecatedAlgorithms {@code tde_deprecated_algorithms}: whether TRIPLE_DES_3KEY is accepted (TDE-141)
 * @param scanSpeed {@code tde_scan_max_mb_per_s}: what counts until {@code sp_configure} says otherwise (TDE-303)
 * @param autoProvision {@code tde_auto_provision}: SET ENCRYPTION ON makes the keys it lacks (TDE-14)
 */
public record KeySettings(
        Path backupDirectory,
        List<Path> allowedDirectories,
        boolean deprecatedAlgorithms,
        int scanSpeed,
        boolean autoProvision) {
    public KeySettings {
        allowedDirectories = List.copyOf(allowedDirectories);
    }
}
