package dev.strongroom.storage.file;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.file.ForwardingFile;
import dev.strongroom.common.file.ForwardingFiles;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;

/**
 * Files of one database whose first failed sync stops it: any sync of a file may have swallowed what another writer of the same
 * file was about to sync.
 */
public final class FailStopFiles extends ForwardingFiles {
    private final StopSwitch stop;

    public FailStopFiles(StorageFiles files, StopSwitch stop) {
        super(files);
        this.stop = stop;
    }

    @Override
    protected StorageFile wrap(StorageFile file) {
        return new FailStopFile(file);
    }

    @Override
    public void syncDirectory(String directory) {
        try {
            files.syncDirectory(directory);
        } catch (DatabaseException failure) {
            throw stop.stop(failure);
        }
    }

    @Override
    public StorageFiles below(String directory) {
        return new FailStopFiles(files.below(directory), stop);
    }

    private final class FailStopFile extends ForwardingFile {
        FailStopFile(StorageFile file) {
            super(file);
        }

        @Override
        public void sync() {
            try {
                file.sync();
            } catch (DatabaseException failure) {
                throw stop.stop(failure);
            }
        }
    }
}
