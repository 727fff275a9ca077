package dev.strongroom.storage.txn;

import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.temp.SealedBlocks;
import dev.strongroom.storage.temp.TempFiles;

/**
 * Where one database's undo goes: the server's budget of memory, the database's temporary files, its version chains, and
 * what stops it where undo cannot be read: the next start takes it from the log.
 */
record UndoFiles(UndoMemory memory, TempFiles temp, Scheduler scheduler, VersionChains chains, StopSwitch stop) {
    boolean isAvailable() {
        return temp.isAvailable();
    }

    SealedBlocks create() {
        return temp.createBlocks(scheduler);
    }
}
