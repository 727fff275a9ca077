package dev.strongroom.storage.database;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.storage.backup.DetachedFiles;
import dev.strongroom.storage.backup.RestoreDirectory;
import dev.strongroom.storage.buffer.BufferPool;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The databases of one process over one data directory: one buffer pool, one lock file. Which databases there should be is
 * {@code master}'s to know; this knows which are open. Thread-safe.
 */
public final class Storage<C extends StoredContent> implements AutoCloseable {
    /** Ids of the databases every server has. */
    public static final int MASTER = 1;

    public static final int TEMPDB = 2;
    public static final int MODEL = 3;
    public static final int MSDB = 4;
    public static final int POSTGRES = 5;

    private static final String LOCK = "strongroom.lock";
    private static final String DIRECTORY = "db";

    private final StorageEnvironment environment;
    private final ContentFactory<C> factory;
    private final BufferPool pool;
    private final AutoCloseable lock;
    private final TreeMap<Integer, StoredDatabase<C>> open = new TreeMap<>();

    /**
     * Takes the data directory for this process. No database is open yet.
     *
     * @throws DatabaseException OBJECT_IN_USE if another process has it
     */
    public Storage(StorageEnvironment environment, ContentFactory<C> factory) {
        this(environment, factory, lock(environment.files()));
    }

    /** Storage of a data directory the caller has taken with {@link #lock}, and lets go of after this. */
    public static <C extends StoredContent> Storage<C> ofLocked(
            StorageEnvironment environment, ContentFactory<C> factory) {
        return new Storage<>(environment, factory, () -> {});
    }

    private Storage(StorageEnvironment environment, ContentFactory<C> factory, AutoCloseable lock) {
        this.environment = environment;
        this.factory = factory;
        this.lock = lock;
        StorageFiles files = environment.files();
        files.createDirectory(DIRECTORY);
        files.syncDirectory("");
        pool = new BufferPool(environment.settings().bufferPoolBytes(), environment.scheduler());
    }

    /**
     * Takes the data directory for this process, before anything in it is read or made.
     *
     * @throws DatabaseException OBJECT_IN_USE if another process has it
     */
    public static AutoCloseable lock(StorageFiles files) {
        files.createDirectory("");
        return files.lock(LOCK);
    }

    public BufferPool pool() {
        return pool;
    }

    /** Ids of the databases that have a directory, whole or not. */
    public List<Integer> directories() {
        List<Integer> ids = new ArrayList<>();
        for (String name : environment.files().list(DIRECTORY)) {
            if (name.matches("[0-9]{1,9}")) {
                ids.add(Integer.parseInt(name));
            }
        }
        return ids;
    }

    /** Whether a database's directory has a boot record. */
    public boolean exists(int id) {
        return directories().contains(id)
                && dev.strongroom.storage.boot.BootFile.exists(
                        environment.files().below(StoredDatabase.directory(id)));
    }

    /**
     * Creates a database and opens it. Its directory is durable on return.
     *
     * @param key of a database that is sealed from the start, else null
     */
    public StoredDatabase<C> create(int id, @Nullable NewKey key) {
        removeFiles(id);
        StoredDatabase<C> database = StoredDatabase.create(environment, id, pool, factory, key);
        return keep(database);
    }

    /** Opens a database, recovering it first. */
    public StoredDatabase<C> open(int id) {
        synchronized (open) {
            StoredDatabase<C> already = open.get(id);
            if (already != null) {
                return already;
            }
        }
        return keep(StoredDatabase.open(environment, id, pool, factory));
    }

    /** The directory of a database that is, or is to be, restored; what was in it under a new id is removed. */
    public RestoreDirectory restoreDirectory(int id, boolean fresh) {
        if (fresh) {
            removeFiles(id);
            environment.files().createDirectory(StoredDatabase.directory(id));
            environment.files().syncDirectory(DIRECTORY);
        }
        return new RestoreDirectory(
                new RestoreDirectory.Ground(
                        environment.files().below(StoredDatabase.directory(id)),
                        environment.instanceKey(),
                        environment.scheduler(),
                        environment.randomness()),
                id);
    }

    /** Makes a database of what was restored and opens it. */
    public StoredDatabase<C> recoverRestored(int id, RestoreEnd end) {
        return keep(StoredDatabase.recoverRestored(environment, id, pool, factory, end));
    }

    private StoredDatabase<C> keep(StoredDatabase<C> database) {
        synchronized (open) {
            open.put(database.id(), database);
        }
        return database;
    }

    /**
     * An open database.
     *
     * @throws DatabaseException CANNOT_CONNECT_NOW if it is not open
     */
    public StoredDatabase<C> get(int id) {
        synchronized (open) {
            StoredDatabase<C> database = open.get(id);
            if (database == null) {
                throw ErrorReport.error(ErrorCode.CANNOT_CONNECT_NOW, "database " + id + " is not open")
                        .exception();
            }
            return database;
        }
    }

    public List<StoredDatabase<C>> all() {
        synchronized (open) {
            return List.copyOf(open.values());
        }
    }

    /** Closes one database; nothing if it is not open. */
    public void close(int id) {
        StoredDatabase<C> database;
        synchronized (open) {
            database = open.remove(id);
        }
        if (database != null) {
            database.close();
        }
    }

    /** Removes a database and its files. {@code master} has forgotten it before (S-1). */
    public void drop(int id) {
        close(id);
        removeFiles(id);
    }

    /**
     * Removes directories that {@code master} does not know: created or dropped in the moment of a crash. Detached databases
     * stay; a mark in one that {@code master} does know is of a detach that did not come to its end.
     */
    public void removeOrphans(Collection<Integer> known) {
        for (int id : directories()) {
            StorageFiles files = environment.files().below(StoredDatabase.directory(id));
            if (known.contains(id)) {
                DetachedFiles.unmark(files);
            } else if (!DetachedFiles.isDetached(files)) {
                removeFiles(id);
            }
        }
    }

    private void removeFiles(int id) {
        if (directories().contains(id)) {
            removeFiles(environment.files(), StoredDatabase.directory(id));
            environment.files().syncDirectory(DIRECTORY);
        }
    }

    /** Removes a directory with the files of a database; nobody has it open. The directory above is for the caller to sync. */
    public static void removeFiles(StorageFiles files, String directory) {
        // Boot records first: what is left after a crash in between is not taken for a database.
        for (String name : List.of("boot.0", "boot.1")) {
            if (files.exists(directory + "/" + name)) {
                files.delete(directory + "/" + name);
            }
        }
        files.syncDirectory(directory);
        for (String below : List.of("log", "temp", "")) {
            String path = below.isEmpty() ? directory : directory + "/" + below;
            for (String name : files.list(path)) {
                if (!name.equals("log") && !name.equals("temp")) {
                    files.delete(path + "/" + name);
                }
            }
            if (files.exists(path)) {
                files.deleteDirectory(path);
            }
        }
    }

    /**
     * Closes all databases, {@code master} last, and gives the data directory free. What fails in one keeps none of the others
     * open; the first failure is thrown in the end.
     */
    @Override
    public void close() {
        List<StoredDatabase<C>> closing;
        synchronized (open) {
            closing = List.copyOf(open.descendingMap().values());
            open.clear();
        }
        @Nullable RuntimeException first = null;
        for (StoredDatabase<C> database : closing) {
            try {
                database.close();
            } catch (RuntimeException failure) {
                first = first == null ? failure : first;
            }
        }
        try {
            lock.close();
        } catch (Exception e) {
            throw new DatabaseException(ErrorCode.IO_ERROR, "could not release the lock file: " + e.getMessage());
        }
        if (first != null) {
            throw first;
        }
    }
}
