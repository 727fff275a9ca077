package dev.strongroom.sql.execute;

import dev.strongroom.sql.function.Accumulator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one aggregate knows about one group. */
public final class GroupState {
    final Accumulator accumulator;

    /** Argument values seen, for DISTINCT without an order. */
    final @Nullable Set<HashedRows.Key> seen;

    /** Input rows kept, for an aggregate with an order. */
    final @Nullable RowStore kept;

    GroupState(Accumulator accumulator, @Nullable Set<HashedRows.Key> seen, @Nullable RowStore kept) {
        this.accumulator = accumulator;
        this.seen = seen;
        this.kept = kept;
    }
}
