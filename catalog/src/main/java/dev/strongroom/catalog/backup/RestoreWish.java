package dev.strongroom.catalog.backup;

import dev.strongroom.storage.recovery.StopPoint;
import java.util.List;

/**
 * A RESTORE DATABASE or RESTORE LOG statement.
 *
 * @param devices as written in the statement; none = only recover what was restored before
 * @param file number of the backup set on the media, from 1
 * @param unproven goes on with a warning if the manifest is not signed as it should be (CONTINUE_AFTER_ERROR)
 * @param restricted the new database is for few (RESTRICTED_USER)
 */
public record RestoreWish(
        boolean log,
        String database,
        List<String> devices,
        int file,
        boolean recovery,
        boolean replace,
        boolean rekey,
        boolean unproven,
        boolean restricted,
        StopPoint stop) {
    public RestoreWish {
        devices = List.copyOf(devices);
    }
}
