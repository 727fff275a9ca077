package dev.strongroom.common.file;

import java.util.List;

/** Files that hand everything on to others: the base of those that add something to some operations. */
public abstract class ForwardingFiles implements StorageFiles {
    protected final StorageFiles files;

    protected ForwardingFiles(StorageFiles files) {
        this.files = files;
    }

    /** An opened or created file as this one hands it out. */
    protected abstract StorageFile wrap(StorageFile file);

    @Override
    public StorageFile open(String path) {
        return wrap(files.open(path));
    }

    @Override
    public StorageFile create(String path) {
        return wrap(files.create(path));
    }

    @Override
    public boolean exists(String path) {
        return files.exists(path);
    }

    @Override
    public void delete(String path) {
        files.delete(path);
    }

    @Override
    public void rename(String from, String to) {
        files.rename(from, to);
    }

    @Override
    public void createDirectory(String path) {
        files.createDirectory(path);
    }

    @Override
    public void deleteDirectory(String path) {
        files.deleteDirectory(path);
    }

    @Override
    public List<String> list(String directory) {
        return files.list(directory);
    }

    @Override
    public void syncDirectory(String directory) {
        files.syncDirectory(directory);
    }

    @Override
    public AutoCloseable lock(String path) {
        return files.lock(path);
    }
}
