package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Vector;
import org.jspecify.annotations.Nullable;

/** A column of the batch. */
final class SlotVector extends VectorExpr {
    private final int slot;

    SlotVector(int slot) {
        this.slot = slot;
    }

    int slot() {
        return slot;
    }

    @Override
    Vector evaluate(Batch batch, int @Nullable [] rows, int count) {
        return batch.column(slot);
    }
}
