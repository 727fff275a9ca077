package dev.strongroom.catalog.backup;

import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.storage.backup.MediaReader;
import java.util.List;

/**
 * What backups and restores work with; made once when the server starts.
 *
 * @param serverName stands in every backup
 */
public record BackupServices(
        KeyServices keys, BackupDatabases databases, BackupFiles files, BackupHistory history, String serverName) {
    public DatabaseBackups backups() {
        return new DatabaseBackups(this);
    }

    public DatabaseRestores restores() {
        return new DatabaseRestores(this);
    }

    public DatabaseAttachments attachments() {
        return new DatabaseAttachments(this);
    }

    /** Opens the files of a media set. */
    MediaReader open(List<String> devices) {
        return MediaReader.open(files.files(), paths(devices));
    }

    List<String> paths(List<String> devices) {
        return devices.stream().map(files::resolve).toList();
    }
}
