package dev.strongroom.storage.database;

import dev.strongroom.storage.recovery.Checkpointer;

/**
 * Sizes of the engine.
 *
 * @param bufferPoolBytes memory for pages, for all databases together
 * @param logSegmentBytes size of a log segment
 */
public record StorageSettings(long bufferPoolBytes, long logSegmentBytes, Checkpointer.Settings checkpoint) {
    /** A quarter of the memory the process may use, between 32 MiB and 16 GiB; log segments of 64 MiB. */
    public static StorageSettings forMemory(long memoryBytes) {
        long pool = Math.clamp(memoryBytes / 4, 32L << 20, 16L << 30);
        return new StorageSettings(pool, 64L << 20, Checkpointer.Settings.DEFAULT);
    }
}
