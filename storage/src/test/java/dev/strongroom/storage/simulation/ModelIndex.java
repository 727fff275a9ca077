package dev.strongroom.storage.simulation;

import dev.strongroom.storage.table.IndexLayout;

/** An index that came to its table later than the table's own. */
final class ModelIndex {
    final IndexLayout layout;
    long createdAt = ModelTable.NEVER;
    long droppedAt = ModelTable.NEVER;

    ModelIndex(IndexLayout layout) {
        this.layout = layout;
    }

    /** Slot of its one column. */
    int column() {
        return layout.parts().getFirst().slot();
    }

    boolean existsAt(long time) {
        return createdAt <= time && time < droppedAt;
    }

    boolean isAlive() {
        return createdAt != ModelTable.NEVER && droppedAt == ModelTable.NEVER;
    }
}
