package dev.strongroom.storage.database;

import dev.strongroom.storage.recovery.Checkpointer;

/**
 * Sizes of the engine.
 *
 * @param bufferPoolBytes memory for pages, for all databases together
 * @param logSegmentBytes size of a log segment
 * @param redoThreads how many change pages when a database is recovered
 */
public record StorageSettings(
        long bufferPoolBytes, long logSegmentBytes, Checkpointer.Settings checkpoint, int redoThreads) {
    /** With as many threads for redo as pay off: one may wait for a page while another computes. */
    public StorageSettings(long bufferPoolBytes, long logSegmentBytes, Checkpointer.Settings checkpoint) {
        this(
                bufferPoolBytes,
                logSegmentBytes,
                checkpoint,
                Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 2, 16));
    }

    /** A quarter of the memory the process may use, between 32 MiB and 16 GiB; log segments of 64 MiB. */
    public static StorageSettings forMemory(long memoryBytes) {
        long pool = Math.clamp(memoryBytes / 4, 32L << 20, 16L << 30);
        return new StorageSettings(pool, 64L << 20, Checkpointer.Settings.DEFAULT);
    }
}
