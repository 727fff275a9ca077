package dev.strongroom.storage.backup;

/** Told how far a backup or restore is; what it throws ends the work. */
@FunctionalInterface
public interface BackupProgress {
    /** Nobody listens. */
    BackupProgress NONE = (done, total) -> {};

    void pages(long done, long total);
}
