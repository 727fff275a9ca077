package dev.strongroom.storage.backup;

import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.boot.BootFile;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.LocalLogStream;
import dev.strongroom.storage.page.InPlacePageStore;
import dev.strongroom.storage.recovery.Checkpointer;
import dev.strongroom.storage.space.SpaceAllocator;

/**
 * The parts of an open database that a backup deals with.
 *
 * @param files below the database's directory
 */
public record BackupSource(
        StorageFiles files,
        BootFile boot,
        InPlacePageStore store,
        PageAccess pages,
        SpaceAllocator space,
        LocalLogStream log,
        Checkpointer checkpointer,
        LogRetention retention,
        Clock clock,
        Randomness randomness,
        Scheduler scheduler,
        StopSwitch stop) {}
