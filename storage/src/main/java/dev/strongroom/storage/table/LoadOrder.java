package dev.strongroom.storage.table;

import dev.strongroom.storage.buffer.FrameRing;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decides which rows of a load into a filled table go through a ring. Rows that come in the order of their keys need each leaf
 * once, so what they leave in the pool is of no use; rows in any other order come back to their leaves, and the pool is the
 * right place for those. As with scans, only a table of more than a quarter of the pool counts. Used by one thread.
 */
final class LoadOrder {
    private static final int LOOK_EVERY = 128;

    private final StoredTable table;
    private byte[] last = {};
    private int ordered;
    private @Nullable FrameRing ring;

    LoadOrder(StoredTable table) {
        this.table = table;
    }

    /** Frames for the leaf of the next row, null for any of the pool. */
    @Nullable
    FrameRing ringFor(byte[] key) {
        if (Arrays.compareUnsigned(key, last) <= 0) {
            ordered = 0;
            ring = null;
        } else if (++ordered % LOOK_EVERY == 0 && ring == null) {
            ring = table.ringForScan(0);
        }
        last = key;
        return ring;
    }
}
