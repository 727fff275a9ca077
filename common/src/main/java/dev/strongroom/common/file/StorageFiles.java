package dev.strongroom.common.file;

import java.util.List;

/**
 * The only way to the disk: files below one root directory, named by relative paths with {@code /}. All failures surface as
 * {@link dev.strongroom.common.error.DatabaseException}: {@code DISK_FULL} where space ran out, {@code IO_ERROR} otherwise.
 * A name or a size is durable only after {@link #syncDirectory} of its directory or {@link StorageFile#sync}. Thread-safe.
 */
public interface StorageFiles {
    /** Opens an existing file for reading and writing. */
    StorageFile open(String path);

    /** Creates a file, mode 0600; fails if it exists. */
    StorageFile create(String path);

    boolean exists(String path);

    /** Deletes a file; missing is an error. */
    void delete(String path);

    /** Replaces {@code to} atomically. */
    void rename(String from, String to);

    /** Creates a directory and its parents, mode 0700; existing is fine. */
    void createDirectory(String path);

    void deleteDirectory(String path);

    /** Names (not paths) in a directory, sorted; empty if it does not exist. */
    List<String> list(String directory);

    /** Makes creations, deletions and renames in the directory durable. */
    void syncDirectory(String directory);

    /** Same files seen from a directory below. */
    StorageFiles below(String directory);

    /**
     * Takes the lock file of the root for this process.
     *
     * @throws dev.strongroom.common.error.DatabaseException OBJECT_IN_USE if another process holds it
     */
    AutoCloseable lock(String path);
}
