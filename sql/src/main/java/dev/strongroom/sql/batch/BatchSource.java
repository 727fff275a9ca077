package dev.strongroom.sql.batch;

import dev.strongroom.sql.batch.vector.Batch;
import org.jspecify.annotations.Nullable;

/** A running operator that gives batches. Used by the session's thread only. */
interface BatchSource extends AutoCloseable {
    /** The next batch, with at least one row that counts, valid until the next call; null at the end. */
    @Nullable
    Batch next();

    /** Releases what the operator holds; idempotent. */
    @Override
    void close();
}
