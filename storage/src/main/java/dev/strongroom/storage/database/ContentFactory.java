package dev.strongroom.storage.database;

import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.storage.buffer.PageAccess;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.log.LogStream;
import dev.strongroom.storage.temp.TempFiles;

/** Makes the content of a database that is being opened. */
@FunctionalInterface
public interface ContentFactory<C extends StoredContent> {
    C content(Ground ground);

    /**
     * What content stands on.
     *
     * @param rootPage root of the tree of trees; meaningless before {@link StoredContent#create}
     */
    record Ground(
            int databaseId,
            PageAccess pages,
            LogStream log,
            Scheduler scheduler,
            Clock clock,
            StopSwitch stop,
            TempFiles temp,
            long rootPage) {}
}
